use std::collections::{BTreeMap, BTreeSet};

use crate::core::{Kind, Lab, Thing, log_group_of};

/// The names that labs ask a learner for.
#[derive(Debug, Clone, Default)]
pub struct Expected {
    /// By kind and name, the labs that ask for it.
    names: BTreeMap<(Kind, String), BTreeSet<String>>,
    prefix: String,
}

/// Whose a thing is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Owned {
    /// The course's, by these labs.
    Course(BTreeSet<String>),
    /// Somebody else's, and how that is known.
    Foreign(String),
}

impl Expected {
    /// The names of some labs for a learner.
    pub fn of<'l>(
        labs: impl IntoIterator<Item = &'l Lab>,
        prefix: &str,
        account: &str,
        region: &str,
    ) -> Self {
        let mut expected = Self {
            names: BTreeMap::new(),
            prefix: prefix.to_owned(),
        };
        for lab in labs {
            let names = lab.names_for(prefix, account, region);
            let resources = lab.steps.iter().flat_map(|step| &step.resources);
            for resource in resources.filter_map(|r| names.fill_in(r).ok()) {
                let key = (resource.thing(), resource.name().to_owned());
                expected
                    .names
                    .entry(key)
                    .or_default()
                    .insert(lab.id.clone());
            }
        }
        expected
    }

    /// Whose a thing is, among all that the account has. Only a name that a lab
    /// asks for, or what follows from one, makes it the course's.
    pub fn judge(&self, thing: &Thing, all: &[Thing]) -> Owned {
        let of = |kind: Kind, name: &str| self.names.get(&(kind, name.to_owned()));
        let named = match thing.kind {
            // A mapping belongs to the function that it calls.
            Kind::EventSourceMapping => of(Kind::LambdaFunction, &thing.name),
            Kind::LogGroup => self.names.iter().find_map(|((kind, name), labs)| {
                let of_function = *kind == Kind::LambdaFunction && log_group_of(name) == thing.name;
                of_function.then_some(labs)
            }),
            kind => of(kind, &thing.name),
        };
        let of_api = || {
            let rest = thing.name.strip_prefix("API-Gateway-Execution-Logs_")?;
            let (id, _) = rest.split_once('/')?;
            let api = all.iter().find(|t| t.kind == Kind::RestApi && t.id == id)?;
            of(Kind::RestApi, &api.name)
        };
        match named.or_else(of_api) {
            Some(labs) => Owned::Course(labs.clone()),
            None if thing.name.starts_with(&self.prefix) => Owned::Foreign(
                "começa com o prefixo do aluno, mas nenhum lab pede este nome".to_owned(),
            ),
            None => Owned::Foreign("nenhum lab pede este nome".to_owned()),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::course::{Source, load};

    #[test]
    fn only_what_a_lab_names_and_what_follows_from_it_is_the_courses() {
        let course = load(&Source::Embedded).unwrap();
        let expected = Expected::of(&course.labs, "ana", "111122223333", "us-east-1");
        let mut api = Thing::new(Kind::RestApi, "ana-notas-api");
        api.id = "abc123".to_owned();
        let all = [api.clone()];
        let owned = |kind, name: &str| {
            matches!(
                expected.judge(&Thing::new(kind, name), &all),
                Owned::Course(labs) if labs.contains("notas-fiscais")
            )
        };
        assert!(owned(Kind::S3Bucket, "ana-notas"));
        assert!(owned(Kind::LambdaFunction, "ana-processa-nota"));
        assert!(owned(Kind::EventSourceMapping, "ana-processa-nota"));
        assert!(owned(Kind::LogGroup, "/aws/lambda/ana-processa-nota"));
        assert!(owned(
            Kind::LogGroup,
            "API-Gateway-Execution-Logs_abc123/prod"
        ));
        for (kind, name) in [
            (Kind::S3Bucket, "ana-notas-vizinho"),
            (Kind::S3Bucket, "ANA-notas"),
            (Kind::SqsQueue, "ana-notas"),
            (Kind::LogGroup, "/aws/lambda/ana-processa-nota-2"),
            (Kind::LogGroup, "API-Gateway-Execution-Logs_outra/prod"),
            (Kind::LogGroup, "ana-processa-nota"),
            (Kind::IamRole, "ana"),
            (Kind::IamRole, ""),
        ] {
            let judged = expected.judge(&Thing::new(kind, name), &all);
            assert!(matches!(judged, Owned::Foreign(_)), "{kind:?} {name}");
        }
    }
}
