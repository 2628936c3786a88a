use crate::core::Verdict;

/// What an error of a function means, for who reads it for the first time: how
/// it begins, what ends the part that matters, and the sentence, with `{}` for
/// that part. The first that fits is said.
const MEANINGS: &[(&str, &str, &str)] = &[
    (
        "Handler '",
        "' missing on module",
        "o Lambda achou o arquivo, e nele não há uma função `{}`: o handler se escreve `arquivo.função`",
    ),
    (
        "takes ",
        " but 2 were given",
        "o Lambda chama o handler com dois argumentos, o evento e o contexto: `def handler(event, context)`",
    ),
    (
        "not authorized to perform: ",
        " ",
        "a AWS negou `{}` à função: falta a permissão no papel, ou o código usa outro recurso, e não o do lab (o nome dele costuma vir de uma variável de ambiente)",
    ),
    (
        "Float types are not supported",
        "",
        "o DynamoDB não guarda `float`: leia o JSON com `json.loads(texto, parse_float=Decimal)`",
    ),
    (
        "KeyError: '",
        "'",
        "o código pediu `{}` a um dicionário que não tem essa chave (o evento, um item ou as variáveis de ambiente)",
    ),
    (
        "NoSuchKey",
        "",
        "não há no bucket um objeto com a chave que a função pediu: no evento do S3 a chave vem codificada, e `unquote_plus` a decodifica",
    ),
    (
        "ConditionalCheckFailed",
        "",
        "a gravação tinha uma condição que não se cumpriu, como a de que o item ainda não existisse",
    ),
    (
        "Object of type ",
        " is not JSON",
        "a resposta tem um valor do tipo `{}`, que não se escreve em JSON",
    ),
    ("Task timed out", "", "a função passou do tempo limite dela"),
    (
        "invalid literal for int() with base 10: '",
        "'",
        "`int(...)` recebeu `{}`, que não é um número inteiro",
    ),
    (
        "string indices must be integers",
        "",
        "o código usa um texto como se fosse um dicionário: antes, leia-o com `json.loads`",
    ),
    (
        "does not match the schema",
        "",
        "a chave que o código usou não tem o nome ou o tipo da chave da tabela",
    ),
    (
        "'NoneType' object",
        "",
        "o código usa um valor que não veio (`None`)",
    ),
];

/// Says beside the errors in a verdict what they mean.
pub(super) fn explained(mut verdict: Verdict) -> Verdict {
    if let Verdict::Fail(cause) | Verdict::Pending(cause) = &mut verdict {
        let failures = cause.mismatches.iter().filter(|m| m.fact == "failure");
        let texts = failures.map(|m| &m.actual).chain(&cause.notes);
        let mut meanings: Vec<String> = Vec::new();
        for text in texts.filter_map(|text| meaning(text)) {
            let text = format!("em outras palavras: {text}");
            if !meanings.contains(&text) {
                meanings.push(text);
            }
        }
        cause.notes.extend(meanings);
    }
    verdict
}

fn meaning(error: &str) -> Option<String> {
    if let Some((file, module)) = unloaded(error, "': No module named '") {
        return Some(match file == module {
            true => format!(
                "o Lambda não achou o arquivo `{file}.py` na raiz do pacote: o handler se escreve `arquivo.função`, e o arquivo fica na raiz do zip, fora de qualquer pasta"
            ),
            false => format!("o código importa `{module}`, que não está no pacote"),
        });
    }
    if let Some((_, name)) = unloaded(error, "': '") {
        return Some(format!(
            "ao ser carregado, o código pediu `{name}` e não achou: se é uma variável de ambiente, a função não a tem"
        ));
    }
    MEANINGS.iter().find_map(|(start, end, says)| {
        let (_, rest) = error.split_once(start)?;
        let part = match *end {
            "" => "",
            end => rest.split_once(end)?.0,
        };
        Some(says.replace("{}", part))
    })
}

/// The file that could not be loaded, and the name that was not found then.
fn unloaded<'e>(error: &'e str, between: &str) -> Option<(&'e str, &'e str)> {
    let (_, rest) = error.split_once("Unable to import module '")?;
    let (file, rest) = rest.split_once(between)?;
    Some((file, rest.split_once('\'')?.0))
}

/// Errors of the same kind at the same place as one: retries and other calls say
/// nearly the same again.
pub(super) fn alike(errors: &[String]) -> Vec<String> {
    let kind = |error: &str| error.split(": ").next().unwrap_or_default().to_owned();
    let place = |error: &str| error.rfind(" (").map(|at| error[at..].to_owned());
    let mut groups: Vec<(&String, usize)> = Vec::new();
    let different = errors.iter().enumerate();
    let different = different.filter(|(at, error)| !errors[..*at].contains(error));
    for (_, error) in different {
        let same = |other: &str| kind(other) == kind(error) && place(other) == place(error);
        match groups.iter_mut().find(|(first, _)| same(first)) {
            Some((_, more)) => *more += 1,
            None => groups.push((error, 0)),
        }
    }
    let told = groups.into_iter().map(|(first, more)| match more {
        0 => first.clone(),
        1 => format!("{first}, e mais um parecido"),
        more => format!("{first}, e mais {more} parecidos"),
    });
    told.collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_an_error_means_is_said_in_portuguese() {
        let told = |error: &str| meaning(error).unwrap_or_default();
        let module = "Runtime.ImportModuleError: Unable to import module 'app': No module named ";
        assert!(told(&format!("{module}'app'")).contains("arquivo `app.py`"));
        assert!(told(&format!("{module}'requests'")).contains("importa `requests`"));
        let variable = "Runtime.ImportModuleError: Unable to import module 'app': 'TABELA'";
        assert!(told(variable).contains("pediu `TABELA` e não achou"));
        let denied = "AccessDenied: User: x is not authorized to perform: s3:GetObject because";
        assert!(told(denied).contains("negou `s3:GetObject`"));
        assert!(told("KeyError: 'nome' (app.py, linha 3)").contains("pediu `nome`"));
        assert_eq!(meaning("PesoInvalido: peso_kg inválido"), None);
    }

    #[test]
    fn errors_that_are_alike_are_told_once() {
        let errors = [
            "E: a (app.py, linha 1)",
            "E: b (app.py, linha 1)",
            "E: a (app.py, linha 1)",
            "E: c (app.py, linha 2)",
        ];
        let told = alike(&errors.map(str::to_owned));
        assert_eq!(
            told,
            [
                "E: a (app.py, linha 1), e mais um parecido",
                "E: c (app.py, linha 2)"
            ]
        );
    }
}
