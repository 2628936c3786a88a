use std::future::Future;
use std::sync::Arc;

use aws_config::Region;
use futures_util::future::join_all;

use super::session::{OTHER_REGIONS, Session};
use crate::core::ProbeError;

/// The name that was probably meant: the same but for case, dashes and
/// underscores, or nearly the same.
pub(super) fn closest<'a>(
    wanted: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<&'a str> {
    let folded = fold(wanted);
    candidates
        .into_iter()
        .filter(|candidate| *candidate != wanted && !is_another(wanted, candidate))
        .map(|candidate| {
            let other = fold(candidate);
            let score = if other == folded {
                1.0
            } else {
                strsim::normalized_damerau_levenshtein(&folded, &other)
            };
            (score, candidate)
        })
        .filter(|(score, _)| *score >= 0.8)
        .max_by(|a, b| a.0.total_cmp(&b.0))
        .map(|(_, candidate)| candidate)
}

/// Whether one name is the other and a word more: labs call several things so,
/// and who has made the first is told nothing by it about the second.
fn is_another(wanted: &str, candidate: &str) -> bool {
    let more = |long: &str, short: &str| {
        let rest = long.strip_prefix(short);
        rest.is_some_and(|rest| rest.starts_with('-'))
    };
    more(wanted, candidate) || more(candidate, wanted)
}

/// The sentence for a near miss of a name: `há uma tabela \`x\`; o lab espera \`y\``.
pub(super) fn sentence<'a>(
    there_is: &str,
    wanted: &str,
    candidates: impl IntoIterator<Item = &'a str>,
) -> Option<String> {
    closest(wanted, candidates).map(|name| format!("{there_is} `{name}`; o lab espera `{wanted}`"))
}

/// What is known beside a resource that is not there: a similar name in this
/// Region, the same name in another one.
pub(super) async fn beside<Look, Seen>(
    session: &Session,
    what: &str,
    wanted: &str,
    here: Result<Arc<Vec<String>>, ProbeError>,
    look: Look,
) -> Vec<String>
where
    Look: Fn(Region) -> Seen,
    Seen: Future<Output = bool>,
{
    let there_is = format!("há uma {what}");
    let similar = here
        .ok()
        .and_then(|names| sentence(&there_is, wanted, names.iter().map(String::as_str)));
    let regions = OTHER_REGIONS
        .iter()
        .filter(|region| **region != session.region());
    let elsewhere = join_all(regions.map(|region| {
        let seen = look(Region::new(*region));
        async move { seen.await.then_some(*region) }
    }))
    .await;
    let elsewhere = elsewhere.into_iter().flatten().map(|region| {
        format!(
            "{there_is} `{wanted}` na Região {region}; você trabalha em {}",
            session.region()
        )
    });
    similar.into_iter().chain(elsewhere).collect()
}

fn fold(name: &str) -> String {
    name.chars()
        .filter(|c| c.is_alphanumeric())
        .flat_map(char::to_lowercase)
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn case_dashes_and_typos_are_near() {
        assert_eq!(
            closest("ana-7k3f-notas-fiscais", ["ana-7k3f-NotasFiscais", "outra"]),
            Some("ana-7k3f-NotasFiscais")
        );
        assert_eq!(
            closest("ana-7k3f-notas", ["ana-7k3f-nota"]),
            Some("ana-7k3f-nota")
        );
        assert_eq!(
            closest("ana-7k3f-notas", ["rui-9x1c-fotos", "ana-7k3f-notas"]),
            None
        );
    }
}
