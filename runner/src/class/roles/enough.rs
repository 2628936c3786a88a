use super::{CALLS, Reach, Who};
use crate::aws::Right;

/// The rights that a role needs for its calls, each on an ARN such as it will
/// meet: in the Region, and where names count with the learner's prefix.
pub fn needed(who: Who, role_arn: &str, account: &str, region: &str, prefix: &str) -> Vec<Right> {
    let partition = role_arn.split(':').nth(1).unwrap_or("aws");
    let filled = |arn: &str| {
        let arn = arn.replace("${AWS::Partition}", partition);
        let arn = arn.replace("${AWS::AccountId}", account);
        let arn = arn.replace("${Prefix}", prefix);
        arn.replacen(":*:", &format!(":{region}:"), 1)
            .replace('*', "x")
    };
    let mut rights = Vec::new();
    for call in CALLS.iter().filter(|c| c.who == who || c.who == Who::Both) {
        for action in call.actions {
            let service = action.split(':').next().unwrap_or_default();
            for arn in call.reach.arns() {
                let resource = match call.reach {
                    Reach::Any => format!("arn:{partition}:{service}:{region}:{account}:x"),
                    _ => filled(arn),
                };
                // The ARN of a mapping has an id; its function's has the name.
                let function = (call.reach == Reach::Mapping).then(|| Reach::Function.arns());
                let keys = function.into_iter().flatten();
                let right = Right {
                    action: (*action).to_owned(),
                    resource,
                    keys: keys
                        .map(|arn| ("lambda:FunctionArn".to_owned(), filled(arn)))
                        .collect(),
                };
                if !rights.contains(&right) {
                    rights.push(right);
                }
            }
        }
    }
    rights
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_right_is_asked_for_where_the_role_will_meet_it() {
        let arn = "arn:aws:iam::111122223333:role/LabReset";
        let rights = needed(Who::Resetter, arn, "111122223333", "sa-east-1", "ana");
        let of = |action: &str| {
            let of = rights.iter().filter(|r| r.action == action);
            of.map(|r| r.resource.as_str()).collect::<Vec<_>>()
        };
        assert_eq!(of("s3:DeleteBucket"), ["arn:aws:s3:::ana-x"]);
        assert_eq!(
            of("lambda:DeleteFunction"),
            ["arn:aws:lambda:sa-east-1:111122223333:function:ana-x"]
        );
        assert_eq!(
            of("logs:DeleteLogGroup"),
            [
                "arn:aws:logs:sa-east-1:111122223333:log-group:/aws/lambda/ana-x",
                "arn:aws:logs:sa-east-1:111122223333:log-group:API-Gateway-Execution-Logs_x",
            ]
        );
        let mapping = rights
            .iter()
            .find(|r| r.action == "lambda:DeleteEventSourceMapping");
        assert_eq!(mapping.unwrap().keys.len(), 1);
        assert!(of("s3:PutObject").is_empty(), "that is the grader's");
        assert!(rights.iter().all(|r| !r.resource.contains(['*', '$'])));
    }
}
