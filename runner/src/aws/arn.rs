//! Names in Amazon Resource Names.

/// The last part of an ARN: the name of a queue, a topic or an alarm.
pub(super) fn last(arn: &str) -> &str {
    arn.rsplit(':').next().unwrap_or_default()
}

/// The function's name in its ARN, which may end with a version or an alias, or
/// in the URI of an integration that calls it; nothing when there is none.
pub(super) fn function(text: &str) -> &str {
    let name = text.split_once(":function:").map_or("", |(_, name)| name);
    name.split(['/', ':']).next().unwrap_or_default()
}

/// The alias or version at the end of the function's ARN in an integration's URI.
pub(super) fn qualifier(uri: &str) -> Option<&str> {
    let name = uri.split_once(":function:")?.1.split('/').next()?;
    name.split_once(':').map(|(_, qualifier)| qualifier)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_function_is_named_in_its_arn_with_or_without_an_alias() {
        let arn = "arn:aws:lambda:us-east-1:111122223333:function:ana-consome";
        assert_eq!(function(arn), "ana-consome");
        assert_eq!(function(&format!("{arn}:prod")), "ana-consome");
        assert_eq!(last("arn:aws:sqs:us-east-1:111122223333:ana-q"), "ana-q");
        assert_eq!(function("arn:aws:sqs:us-east-1:111122223333:ana-q"), "");
    }

    #[test]
    fn the_function_is_in_the_uri() {
        let uri = "arn:aws:apigateway:us-east-1:lambda:path/2015-03-31/functions/arn:aws:lambda:us-east-1:1:function:f:prod/invocations";
        assert_eq!(function(uri), "f");
        assert_eq!(qualifier(uri), Some("prod"));
        assert_eq!(qualifier(&uri.replace(":prod", "")), None);
    }
}
