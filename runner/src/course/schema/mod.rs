//! JSON Schemas of the files that authors write, for editors that complete and
//! underline: made from the types that read the files, so that they cannot
//! disagree, with Portuguese descriptions from `descricoes.toml`.

mod facts;
mod texts;
mod tidy;

use schemars::generate::SchemaSettings;
use schemars::transform::RecursiveTransform;
use schemars::{JsonSchema, SchemaGenerator};
use serde_json::{Map, Value};

use crate::core::{CourseFile, Lab, NearMiss, Quiz, RosterFile, Solution};
use texts::Texts;

/// What editors for TOML read; newer drafts are not for all of them.
const DRAFT: &str = "http://json-schema.org/draft-07/schema#";

/// A JSON object.
type Object = Map<String, Value>;

/// A kind of file that authors write.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum FileKind {
    /// `lab.toml`.
    Lab,
    /// `quiz.toml`.
    Quiz,
    /// `near-miss.toml`.
    NearMiss,
    /// `solution.toml`.
    Solution,
    /// `course.toml`.
    Course,
    /// `turma.toml`.
    Class,
}

impl FileKind {
    /// All kinds.
    pub const ALL: [Self; 6] = [
        Self::Lab,
        Self::Quiz,
        Self::NearMiss,
        Self::Solution,
        Self::Course,
        Self::Class,
    ];

    /// Name, as the file is called without `.toml`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Lab => "lab",
            Self::Quiz => "quiz",
            Self::NearMiss => "near-miss",
            Self::Solution => "solution",
            Self::Course => "course",
            Self::Class => "turma",
        }
    }

    /// The kind with this name.
    pub fn named(name: &str) -> Option<Self> {
        Self::ALL.into_iter().find(|kind| kind.name() == name)
    }

    /// Where the schema lies in a course's folder.
    pub fn path(self) -> String {
        format!("docs/schema/{}.schema.json", self.name())
    }

    /// The schema.
    pub fn schema(self) -> Value {
        self.described(&mut Texts::embedded())
    }

    /// The schema as it lies in a file.
    pub fn text(self) -> String {
        format!("{:#}\n", self.schema())
    }

    fn described(self, texts: &mut Texts) -> Value {
        let mut settings = SchemaSettings::draft07();
        settings.transforms = vec![Box::new(RecursiveTransform(tidy::tidy))];
        let generator = settings.into_generator();
        let root = match self {
            Self::Lab => raw::<Lab>(generator),
            Self::Quiz => raw::<Quiz>(generator),
            Self::NearMiss => raw::<NearMiss>(generator),
            Self::Solution => raw::<Solution>(generator),
            Self::Course => raw::<CourseFile>(generator),
            Self::Class => raw::<RosterFile>(generator),
        };
        self.finished(root, texts)
    }

    fn finished(self, mut root: Object, texts: &mut Texts) -> Value {
        let mut types = match root.remove("definitions") {
            Some(Value::Object(types)) => types,
            _ => Object::new(),
        };
        let name = match root.remove("title") {
            Some(Value::String(name)) => name,
            _ => String::new(),
        };
        root.remove("$schema");
        types.insert(name.clone(), root.into());

        texts.describe_properties(&mut types);
        facts::narrow_expectations(&mut types);
        tidy::prune(&mut types, &name);
        texts.describe_types(&mut types);
        facts::list_facts(&mut types);

        let mut root = match types.remove(&name) {
            Some(Value::Object(root)) => root,
            _ => Object::new(),
        };
        root.insert("$schema".to_owned(), DRAFT.into());
        root.insert("title".to_owned(), format!("{}.toml", self.name()).into());
        if !types.is_empty() {
            root.insert("definitions".to_owned(), types.into());
        }
        root.into()
    }
}

fn raw<T: JsonSchema>(generator: SchemaGenerator) -> Object {
    match generator.into_root_schema_for::<T>().to_value() {
        Value::Object(root) => root,
        _ => Object::new(),
    }
}

/// The type that a schema refers to.
fn referred(schema: &Value) -> Option<&str> {
    schema["$ref"].as_str()?.strip_prefix("#/definitions/")
}

fn reference(name: &str) -> Value {
    serde_json::json!({ "$ref": format!("#/definitions/{name}") })
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::core::Seconds;

    #[test]
    fn the_descriptions_are_toml() {
        let read = toml::from_str::<toml::Table>(include_str!("descricoes.toml"));
        assert!(read.is_ok(), "{}", read.unwrap_err());
    }

    #[test]
    fn everything_is_described_and_every_description_is_used() {
        let mut texts = Texts::embedded();
        for kind in FileKind::ALL {
            kind.described(&mut texts);
        }
        assert_eq!(texts.missing(), [""; 0], "add them to descricoes.toml");
        assert_eq!(texts.unused(), [""; 0], "nothing has these names");
    }

    #[test]
    fn descriptions_are_portuguese_and_nothing_is_left_of_the_types() {
        for kind in FileKind::ALL {
            let text = kind.text();
            assert!(kind.schema()["description"].is_string());
            for left in ["uint32", "\"null\"", "double", "Stable id", "unwrap"] {
                assert!(!text.contains(left), "{left} in {}", kind.path());
            }
        }
        assert!(!FileKind::Lab.text().contains("\"folder\""), "not in files");
    }

    #[test]
    fn durations_are_told_as_they_are_read() {
        let within = FileKind::Lab.schema();
        let within = within
            .pointer("/definitions/Check/allOf/0/properties/within")
            .unwrap();
        for text in [
            "1s", "99s", "299s", "300s", "301s", "0s", "00s", "020s", "s", "20", "20 s", "-1s",
            "1.5s", "1m", "ms", "1ms", "0ms", "99999ms", "299999ms", "300000ms", "300001ms",
        ] {
            assert_eq!(
                jsonschema::is_valid(within, &text.into()),
                Seconds::try_from(text.to_owned()).is_ok(),
                "{text}"
            );
        }
    }
}
