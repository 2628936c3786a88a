use crate::core::FunctionFailure;

/// Finds the errors in what a function wrote: Python tracebacks, and AWS's own
/// lines for time-outs, crashes and import errors.
pub(super) fn failures<'a>(lines: impl IntoIterator<Item = &'a str>) -> Vec<FunctionFailure> {
    let mut found: Vec<FunctionFailure> = Vec::new();
    let mut place: Option<String> = None;
    let mut inside = false;
    for line in lines.into_iter().flat_map(str::lines) {
        let trimmed = line.trim_end();
        if trimmed.starts_with("Traceback (most recent call last)") {
            inside = true;
            place = None;
        } else if inside && (trimmed.starts_with(' ') || trimmed.is_empty()) {
            if let Some(frame) = own_frame(trimmed) {
                place = Some(frame);
            }
        } else if inside {
            inside = false;
            // AWS prints the exception before its traceback, Python after it.
            match (exception(trimmed), found.last_mut()) {
                (Some(mut failure), _) => {
                    failure.place = place.take();
                    found.push(failure);
                }
                (None, Some(last)) if last.place.is_none() => last.place = place.take(),
                _ => {}
            }
        } else if let Some(rest) = trimmed.strip_prefix("[ERROR] ") {
            found.extend(exception(rest));
        } else if let Some(at) = trimmed.find("Task timed out after") {
            found.push(FunctionFailure {
                kind: "tempo esgotado".into(),
                message: trimmed[at..].to_owned(),
                place: None,
            });
        } else if trimmed.contains("Runtime.ExitError") || trimmed.contains("Worker init failed") {
            found.push(FunctionFailure {
                kind: "a função não iniciou".into(),
                message: trimmed.to_owned(),
                place: None,
            });
        }
    }
    if inside && let Some(last) = found.last_mut() {
        last.place = last.place.take().or(place);
    }
    found.dedup();
    found
}

/// `app.py, linha 12` of a traceback line that is in the learner's own code.
pub(super) fn own_frame(line: &str) -> Option<String> {
    let rest = line.trim_start().strip_prefix("File \"")?;
    let (path, rest) = rest.split_once('"')?;
    let number: String = rest
        .strip_prefix(", line ")?
        .chars()
        .take_while(char::is_ascii_digit)
        .collect();
    let foreign = [
        "site-packages",
        "dist-packages",
        "/var/runtime",
        "/var/lang",
        "_worker.py",
        "/lib/python",
        "<frozen",
    ];
    if foreign.iter().any(|part| path.contains(part)) {
        return None;
    }
    let file = path.rsplit(['/', '\\']).next()?;
    Some(format!("{file}, linha {number}"))
}

/// `botocore.exceptions.ClientError: text` as type and message.
fn exception(line: &str) -> Option<FunctionFailure> {
    let (kind, message) = line.split_once(':').unwrap_or((line, ""));
    let name = kind.rsplit('.').next().unwrap_or(kind);
    let looks_like_a_type = name.chars().next().is_some_and(char::is_uppercase)
        && kind
            .chars()
            .all(|c| c.is_alphanumeric() || matches!(c, '.' | '_'));
    looks_like_a_type.then(|| FunctionFailure {
        kind: if kind.starts_with("Runtime.") {
            kind.to_owned()
        } else {
            name.to_owned()
        },
        message: message.trim().to_owned(),
        place: None,
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn python_prints_the_exception_last() {
        let log = "linha\nTraceback (most recent call last):\n  File \"/tmp/ms/_worker.py\", line 128, in run\n    x\n  \
                   File \"/tmp/ms/code/app.py\", line 6, in handler\n    y\n  File \"/v/site-packages/botocore/client.py\", line 606, in _api_call\n    \
                   z\nbotocore.exceptions.ClientError: An error occurred (AccessDeniedException)\nfim";
        let all = failures([log]);
        assert_eq!(all.len(), 1);
        assert_eq!(
            all[0].to_string(),
            "ClientError: An error occurred (AccessDeniedException) (app.py, linha 6)"
        );
    }

    #[test]
    fn aws_prints_the_exception_first() {
        let log = "[ERROR] KeyError: 'valor'\nTraceback (most recent call last):\n  File \"/var/task/app.py\", line 12, in handler\n    \
                   nota[\"valor\"]";
        assert_eq!(
            failures([log])[0].to_string(),
            "KeyError: 'valor' (app.py, linha 12)"
        );
    }

    #[test]
    fn time_outs_are_errors_and_prints_are_not() {
        let all = failures([
            "2026-01-01T00:00:00Z 1-2 Task timed out after 3.00 seconds",
            "Nota: tudo certo",
            "Erro: nada",
        ]);
        assert_eq!(all.len(), 1);
        assert!(all[0].message.contains("3.00"));
    }
}
