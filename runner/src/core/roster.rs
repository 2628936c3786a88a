use std::collections::BTreeMap;
use std::path::PathBuf;

use schemars::JsonSchema;
use serde::Deserialize;
use toml::Spanned;

/// The newest `format_version` of `turma.toml` that this runner reads.
pub const ROSTER_VERSION: u32 = 1;

/// `turma.toml`: a class, and how to get into each learner's account.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RosterFile {
    /// Version of the file format; see [`ROSTER_VERSION`].
    #[schemars(with = "u32")]
    pub format_version: Spanned<u32>,
    /// Stable id of the class, kept in the gradebook and in the accounts' markers.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// What the course is called, for people.
    pub course: String,
    /// Account that manages the organisation; never touched.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub management: Option<Spanned<String>>,
    /// Accounts of those who teach; never touched.
    #[serde(default)]
    #[schemars(with = "Vec<String>")]
    pub instructors: Vec<Spanned<String>>,
    /// Region of the learners who have none of their own.
    #[serde(default)]
    pub region: Option<String>,
    /// Who learns.
    #[serde(default, rename = "learner")]
    pub learners: Vec<LearnerEntry>,
}

/// One learner, as written.
#[derive(Debug, Clone, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct LearnerEntry {
    /// Stable id, unique in the class.
    #[schemars(with = "String")]
    pub id: Spanned<String>,
    /// The learner's name.
    pub name: String,
    /// E-mail address.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub email: Option<Spanned<String>>,
    /// Who the learner is in Moodle.
    #[serde(default)]
    pub moodle: MoodleId,
    /// Who the learner is in Canvas.
    #[serde(default)]
    pub canvas: CanvasId,
    /// The account, 12 digits; that of the role, or made of the ids for a sandbox.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub account: Option<Spanned<String>>,
    /// The Region in which the learner works.
    #[serde(default)]
    pub region: Option<String>,
    /// Begins the names of the learner's resources; the id, where it can be one.
    #[serde(default)]
    #[schemars(with = "Option<String>")]
    pub prefix: Option<Spanned<String>>,
    /// How to get into the account.
    pub access: Access,
}

/// What Moodle knows a learner by, beside the e-mail address.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct MoodleId {
    /// User name.
    #[serde(default)]
    pub username: Option<String>,
    /// ID number.
    #[serde(default)]
    pub idnumber: Option<String>,
}

/// What Canvas knows a learner by.
#[derive(Debug, Clone, Default, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CanvasId {
    /// Canvas's own number.
    #[serde(default)]
    pub id: Option<u64>,
    /// The school's number.
    #[serde(default)]
    pub sis_user_id: Option<String>,
    /// Login.
    #[serde(default)]
    pub sis_login_id: Option<String>,
    /// Section of the course.
    #[serde(default)]
    pub section: Option<String>,
}

/// How to get into a learner's account.
#[derive(Debug, Clone, PartialEq, Eq, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Access {
    /// A role that the learner's account grants to the instructor.
    Role {
        /// ARN of the role that looks.
        arn: String,
        /// What the role's trust asks for, so that nobody else's request opens it.
        #[serde(default)]
        external_id: Option<String>,
        /// Name of the sessions in the account's trail.
        #[serde(default)]
        session_name: Option<String>,
        /// ARN of the role that resets.
        #[serde(default)]
        reset_arn: Option<String>,
    },
    /// A profile of the shared configuration files.
    Profile(String),
    /// A file with pasted temporary credentials; relative to the class's folder.
    CredentialsFile(PathBuf),
    /// A variable of the environment that holds pasted temporary credentials.
    CredentialsEnv(String),
    /// An account of a sandbox.
    Sandbox {
        /// Where the sandbox is; without it, the one of this computer.
        #[serde(default)]
        endpoint: Option<String>,
    },
}

/// Which assignment of Canvas each lab is: a file of its own, since Canvas
/// numbers them anew in every course.
pub type Assignments = BTreeMap<String, u64>;
