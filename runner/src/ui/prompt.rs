//! Questions to a person, in Portuguese. Without a terminal nothing is asked:
//! the caller then names the flag that answers.

use inquire::ui::{RenderConfig, Styled};
use inquire::{Confirm, InquireError, MultiSelect, Select, Text};

use crate::error::CliError;

/// Yes or no; Enter means no.
///
/// # Errors
/// The person left the question.
pub fn confirm(question: &str) -> Result<bool, CliError> {
    Confirm::new(question)
        .with_default(false)
        .with_parser(&|answer| match answer.trim().to_lowercase().as_str() {
            "s" | "sim" | "y" | "yes" => Ok(true),
            "n" | "não" | "nao" | "no" => Ok(false),
            _ => Err(()),
        })
        .with_formatter(&|yes| if yes { "sim" } else { "não" }.to_owned())
        .with_default_value_formatter(&|yes| if yes { "S/n" } else { "s/N" }.to_owned())
        .with_error_message("responda s (sim) ou n (não)")
        .prompt()
        .map_err(|e| left(&e))
}

/// One of the options.
///
/// # Errors
/// The person left the question.
pub fn choose_one(question: &str, options: Vec<String>) -> Result<String, CliError> {
    Select::new(question, options)
        .with_help_message("setas escolhem, Enter confirma, Esc sai")
        .without_filtering()
        .with_page_size(10)
        .prompt()
        .map_err(|e| left(&e))
}

/// Any number of the options.
///
/// # Errors
/// The person left the question.
pub fn choose_many(question: &str, options: Vec<String>) -> Result<Vec<String>, CliError> {
    MultiSelect::new(question, options)
        .with_help_message("setas movem, espaço marca, Enter confirma, Esc sai")
        .without_filtering()
        .with_page_size(10)
        .prompt()
        .map_err(|e| left(&e))
}

/// A short text.
///
/// # Errors
/// The person left the question.
pub fn text(question: &str) -> Result<String, CliError> {
    Text::new(question)
        .with_help_message("Enter confirma, Esc sai")
        .prompt()
        .map_err(|e| left(&e))
}

/// Sets how all prompts look.
pub fn set_colors(colored: bool) {
    let config = if colored {
        RenderConfig::default_colored()
    } else {
        RenderConfig::empty()
    };
    // inquire's own mark of a left question is English.
    inquire::set_global_render_config(
        config.with_canceled_prompt_indicator(Styled::new("(sem resposta)")),
    );
}

fn left(error: &InquireError) -> CliError {
    match error {
        InquireError::OperationCanceled | InquireError::OperationInterrupted => {
            CliError::environment("você saiu antes de responder; nada foi mudado")
        }
        InquireError::NotTTY => CliError::usage("sem um terminal não dá para perguntar"),
        other => CliError::environment(format!("a pergunta não pôde ser feita: {other}")),
    }
}
