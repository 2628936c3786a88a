//! From a roster's entries to learners with everything filled in, and what is
//! wrong with them, each mistake at its place.

use std::collections::BTreeMap;
use std::ops::Range;
use std::path::PathBuf;

use toml::Spanned;

use super::ids::{is_id, role_account, sandbox_account};
use super::roster::{Learner, Roster};
use crate::core::{Access, LearnerEntry, ROSTER_VERSION, RosterFile, valid_prefix};
use crate::course::{Finding, Page};

/// Region of learners of whom no other is said.
const REGION: &str = "us-east-1";

/// Reads a roster's text; `Err` has every mistake with its place.
pub(super) fn parse(page: &Page) -> Result<Roster, Vec<Finding>> {
    let file: RosterFile = toml::from_str(&page.text).map_err(|error| {
        let mut finding = page.refused(&error);
        if !finding.help.starts_with("você quis") {
            finding.help =
                "corrija o lugar marcado; `lab dev schema turma` descreve o formato".to_owned();
        }
        vec![finding]
    })?;
    let mut reader = Reader {
        page,
        seen: BTreeMap::new(),
        findings: Vec::new(),
    };
    let roster = reader.roster(file);
    if reader.findings.is_empty() {
        Ok(roster)
    } else {
        Err(reader.findings)
    }
}

/// What is looked for twice, and what is told of it.
struct Reader<'p> {
    page: &'p Page,
    seen: BTreeMap<(&'static str, String), usize>,
    findings: Vec<Finding>,
}

impl Reader<'_> {
    fn roster(&mut self, file: RosterFile) -> Roster {
        let version = *file.format_version.get_ref();
        if version != ROSTER_VERSION {
            self.say(
                "format-version",
                file.format_version.span(),
                format!(
                    "`format_version = {version}`, mas este programa lê a versão {ROSTER_VERSION}"
                ),
                "atualize o `lab`, ou use o arquivo da versão que combina com ele",
            );
        }
        if !is_id(file.id.get_ref()) {
            self.bad_id(&file.id);
        }
        let protected = file.management.iter().chain(&file.instructors);
        for account in protected.clone() {
            self.account(account);
        }
        let mut roster = Roster {
            folder: PathBuf::new(),
            id: file.id.get_ref().clone(),
            course: file.course,
            protected: protected.map(|a| a.get_ref().clone()).collect(),
            learners: Vec::new(),
        };
        let region = file.region.unwrap_or_else(|| REGION.to_owned());
        for entry in file.learners {
            let learner = self.learner(entry, &roster, &region);
            roster.learners.push(learner);
        }
        roster
    }

    fn learner(&mut self, entry: LearnerEntry, roster: &Roster, region: &str) -> Learner {
        let place = entry.id.span();
        let id = entry.id.get_ref().clone();
        if !is_id(&id) {
            self.bad_id(&entry.id);
        }
        self.once("o id", &id, place.clone());
        let account = self.account_of(&entry, roster);
        let prefix = match &entry.prefix {
            Some(prefix) => prefix.get_ref().clone(),
            None => id.replace(['.', '_'], "-"),
        };
        let at = entry.prefix.as_ref().map_or(place, Spanned::span);
        if !valid_prefix(&prefix) {
            self.say(
                "prefix",
                at.clone(),
                format!("`{prefix}` não pode começar nomes de recursos"),
                "escreva em `prefix` de 3 a 30 letras minúsculas, números e hífens, começando por letra",
            );
        }
        // Accounts and buckets' names are those of one AWS, or of one sandbox.
        let world = match &entry.access {
            Access::Sandbox { endpoint } => endpoint.clone().unwrap_or_else(|| "local".to_owned()),
            _ => String::new(),
        };
        self.once("o prefixo", &format!("{world} {prefix}"), at);
        let at = entry
            .account
            .as_ref()
            .map_or(entry.id.span(), Spanned::span);
        self.once("a conta", &format!("{world} {account}"), at.clone());
        if roster.protected.contains(&account) {
            self.say(
                "protected",
                at,
                format!("a conta {account} é de quem ensina ou administra, e não de um aluno"),
                "corrija a conta, ou tire-a de `management` e de `instructors`",
            );
        }
        for (what, id) in lms_ids(&entry) {
            self.once(what, &id, entry.id.span());
        }
        Learner {
            id,
            name: entry.name,
            email: entry.email.map(Spanned::into_inner),
            moodle: entry.moodle,
            canvas: entry.canvas,
            account,
            region: entry.region.unwrap_or_else(|| region.to_owned()),
            prefix,
            access: entry.access,
        }
    }

    fn account_of(&mut self, entry: &LearnerEntry, roster: &Roster) -> String {
        let of_role = match &entry.access {
            Access::Role { arn, .. } => {
                let account = role_account(arn);
                if account.is_none() {
                    self.say(
                        "role",
                        entry.id.span(),
                        format!("`{arn}` não é o ARN de um papel"),
                        "escreva como `arn:aws:iam::111122223333:role/LabGraderRead`",
                    );
                }
                account
            }
            _ => None,
        };
        if let Some(account) = &entry.account {
            self.account(account);
            if of_role
                .as_ref()
                .is_some_and(|role| role != account.get_ref())
            {
                self.say(
                    "account",
                    account.span(),
                    "o papel de `access` é de outra conta".to_owned(),
                    "apague `account`, que vem do papel, ou corrija um dos dois",
                );
            }
            return account.get_ref().clone();
        }
        match (&entry.access, of_role) {
            (_, Some(account)) => account,
            (Access::Sandbox { .. }, None) => sandbox_account(&roster.id, entry.id.get_ref()),
            // Said already.
            (Access::Role { .. }, None) => String::new(),
            _ => {
                self.say(
                    "account",
                    entry.id.span(),
                    "falta a conta, e este acesso não diz qual é".to_owned(),
                    "escreva `account = \"111122223333\"`, com os 12 números da conta",
                );
                String::new()
            }
        }
    }

    fn account(&mut self, account: &Spanned<String>) {
        let text = account.get_ref();
        if text.len() != 12 || !text.bytes().all(|b| b.is_ascii_digit()) {
            self.say(
                "account",
                account.span(),
                format!("`{text}` não é o número de uma conta"),
                "escreva os 12 números, sem hífens e entre aspas",
            );
        }
    }

    fn bad_id(&mut self, id: &Spanned<String>) {
        self.say(
            "id",
            id.span(),
            format!("`{}` não serve de id", id.get_ref()),
            "use até 40 letras minúsculas sem acento, números, `.`, `_` e `-`, começando por letra ou número",
        );
    }

    /// Told at the second place where something stands that may stand once.
    fn once(&mut self, what: &'static str, value: &str, place: Range<usize>) {
        let Some(first) = self.seen.insert((what, value.to_owned()), place.start) else {
            return;
        };
        let line = self.page.text[..first].matches('\n').count() + 1;
        let shown = value.rsplit(' ').next().unwrap_or_default();
        self.say(
            "duplicate",
            place,
            format!("{what} `{shown}` já está na linha {line}"),
            "cada aluno tem os seus; corrija um dos dois",
        );
    }

    fn say(&mut self, rule: &'static str, place: Range<usize>, message: String, help: &str) {
        self.findings.push(self.page.at(rule, place, message, help));
    }
}

/// What a learner is known by in an LMS; two with the same would get one grade.
fn lms_ids(entry: &LearnerEntry) -> Vec<(&'static str, String)> {
    let LearnerEntry {
        email,
        moodle,
        canvas,
        ..
    } = entry;
    let ids = [
        ("o e-mail", email.as_ref().map(|e| e.get_ref().clone())),
        ("o `username` do Moodle", moodle.username.clone()),
        ("o `idnumber` do Moodle", moodle.idnumber.clone()),
        ("o `id` do Canvas", canvas.id.map(|id| id.to_string())),
        ("o `sis_user_id` do Canvas", canvas.sis_user_id.clone()),
        ("o `sis_login_id` do Canvas", canvas.sis_login_id.clone()),
    ];
    ids.into_iter()
        .filter_map(|(what, id)| id.map(|id| (what, id)))
        .collect()
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::aws::TargetKind;
    use crate::class::ROSTER_FILE;

    fn parse(text: &str) -> Result<Roster, Vec<Finding>> {
        super::parse(&Page {
            file: ROSTER_FILE.into(),
            text: text.into(),
        })
    }

    const HEAD: &str = "format_version = 1\nid = \"t1\"\ncourse = \"Programação\"\n\
                        management = \"999999999999\"\n";

    /// The marked text, the rule and the line of each mistake.
    fn mistakes(learners: &str) -> Vec<(String, &'static str, usize)> {
        let text = format!("{HEAD}{learners}");
        let found = parse(&text).unwrap_err();
        found
            .iter()
            .map(|f| {
                let marked = text[f.span.clone().unwrap()].to_owned();
                (marked, f.rule, f.position().unwrap().0)
            })
            .collect()
    }

    #[test]
    fn what_is_left_out_is_filled_in() {
        let roster = parse(&format!(
            "{HEAD}region = \"sa-east-1\"\n\
             [[learner]]\nid = \"ana.souza\"\nname = \"Ana \\\"Nina\\\" Souza, a 1ª\"\naccess.sandbox = {{}}\n\
             [[learner]]\nid = \"beto\"\nname = \"Beto\"\nregion = \"us-east-2\"\nprefix = \"beto-7k3f\"\n\
             access.role = {{ arn = \"arn:aws:iam::111122223333:role/LabGraderRead\" }}\n"
        ))
        .unwrap();
        let [ana, beto] = roster.learners.as_slice() else {
            panic!("{roster:?}")
        };
        assert_eq!(ana.name, "Ana \"Nina\" Souza, a 1ª");
        assert_eq!(ana.prefix, "ana-souza");
        assert_eq!(ana.account, sandbox_account("t1", "ana.souza"));
        assert_eq!((ana.account.len(), &ana.account[..1]), (12, "7"));
        assert_eq!(ana.region, "sa-east-1");
        assert_eq!(ana.target(), TargetKind::Sandbox);
        assert_eq!(beto.account, "111122223333");
        assert_eq!(
            (beto.region.as_str(), beto.prefix.as_str()),
            ("us-east-2", "beto-7k3f")
        );
        assert!(roster.protected.contains("999999999999"));
    }

    #[test]
    fn what_stands_twice_is_shown_at_its_second_place() {
        let two = |a: &str, b: &str| {
            mistakes(&format!(
                "[[learner]]\nid = \"ana\"\nname = \"A\"\n{a}\naccess.sandbox = {{}}\n\
                 [[learner]]\nid = \"bia\"\nname = \"B\"\n{b}\naccess.sandbox = {{}}\n"
            ))
        };
        let account = "account = \"700000000001\"";
        assert_eq!(
            two(account, account),
            [("\"700000000001\"".into(), "duplicate", 13)]
        );
        assert_eq!(
            two("", "prefix = \"ana\""),
            [("\"ana\"".into(), "duplicate", 13)]
        );
        let email = "email = \"a@b.c\"";
        assert_eq!(two(email, email), [("\"bia\"".into(), "duplicate", 11)]);
        assert_eq!(
            mistakes(
                "[[learner]]\nid = \"ana\"\nname = \"A\"\naccess.sandbox = {}\n[[learner]]\nid = \"ana\"\nname = \"B\"\nprefix = \"b-1\"\naccount = \"700000000001\"\naccess.sandbox = {}\n"
            ),
            [("\"ana\"".into(), "duplicate", 10)]
        );
    }

    #[test]
    fn every_mistake_is_shown_where_it_is() {
        let one =
            |rest: &str| mistakes(&format!("[[learner]]\nid = \"ana\"\nname = \"A\"\n{rest}"));
        assert_eq!(
            one("access.profile = \"ana\"\n"),
            [("\"ana\"".into(), "account", 6)]
        );
        assert_eq!(
            one("account = \"1234\"\naccess.sandbox = {}\n"),
            [("\"1234\"".into(), "account", 8)]
        );
        assert_eq!(
            one("account = \"999999999999\"\naccess.profile = \"x\"\n"),
            [("\"999999999999\"".into(), "protected", 8)]
        );
        assert_eq!(
            one(
                "account = \"111111111111\"\naccess.role = { arn = \"arn:aws:iam::222222222222:role/R\" }\n"
            ),
            [("\"111111111111\"".into(), "account", 8)]
        );
        assert_eq!(
            one("prefix = \"Ana\"\naccess.sandbox = {}\n"),
            [("\"Ana\"".into(), "prefix", 8)]
        );
        assert_eq!(one("acess.sandbox = {}\n"), [("acess".into(), "toml", 8)]);
        assert_eq!(
            one("access.sandbox = { url = \"x\" }\n"),
            [("url".into(), "toml", 8)]
        );
        assert_eq!(
            mistakes(
                "[[learner]]\nid = \"../ana\"\nname = \"A\"\nprefix = \"ana\"\naccess.sandbox = {}\n"
            ),
            [("\"../ana\"".into(), "id", 6)]
        );
    }

    #[test]
    fn another_format_is_refused() {
        let found = parse("format_version = 2\nid = \"t\"\ncourse = \"C\"\n").unwrap_err();
        assert_eq!(found[0].rule, "format-version");
        assert_eq!(found[0].position(), Some((1, 18)));
    }
}
