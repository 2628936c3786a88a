//! The words of verdicts and of small quantities.

use std::time::Duration;

use super::style;
use crate::core::{Standing, Verdict};

/// Symbol and word of a verdict: `✔ OK`; in plain mode the word alone.
pub fn verdict(verdict: &Verdict, plain: bool) -> String {
    standing(standing_of(verdict), plain, 10)
}

/// How a verdict counts in a map.
pub fn standing_of(verdict: &Verdict) -> Standing {
    Standing::of([Some(verdict.word())])
}

/// Symbol and word of a standing, at least `width` wide.
pub fn standing(standing: Standing, plain: bool, width: usize) -> String {
    let (symbol, word) = sign(standing);
    let text = if plain {
        word.to_owned()
    } else {
        format!("{symbol} {word}")
    };
    // Padded before painting: colour codes have no width.
    let text = format!("{text:<width$}");
    match standing {
        Standing::Pass => style::good(&text),
        Standing::Fail | Standing::Broken => style::bad(&text),
        Standing::Skipped | Standing::Partial | Standing::Unseen => style::dim(&text),
        Standing::Pending | Standing::Unknown => style::wait(&text),
    }
}

/// The symbol and the word, apart.
pub fn sign(standing: Standing) -> (&'static str, &'static str) {
    match standing {
        Standing::Pass => ("✔", "OK"),
        Standing::Fail => ("✘", "FALHOU"),
        Standing::Skipped => ("○", "PULADO"),
        Standing::Pending => ("…", "AGUARDANDO"),
        Standing::Unknown => ("?", "NÃO VERIFICADO"),
        Standing::Broken => ("!", "LAB COM DEFEITO"),
        Standing::Partial => ("◐", "EM PARTE"),
        Standing::Unseen => ("·", "NÃO VISTO"),
    }
}

/// `20 s`, `1 min 20 s`, `2 h 5 min`.
pub fn duration_whole(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..60 => format!("{seconds} s"),
        60..3600 => format!("{} min {} s", seconds / 60, seconds % 60),
        _ => format!("{} h {} min", seconds / 3600, seconds / 60 % 60),
    }
}

/// How long ago: `agora mesmo`, `há 20 s`, `há 3 min`, `há 2 h`, `há 4 dias`.
pub fn ago(time: Duration) -> String {
    let seconds = time.as_secs();
    match seconds {
        0..5 => "agora mesmo".to_owned(),
        5..60 => format!("há {seconds} s"),
        60..3600 => format!("há {} min", seconds / 60),
        3600..86_400 => format!("há {} h", seconds / 3600),
        _ => format!("há {}", count((seconds / 86_400) as usize, "dia", "dias")),
    }
}

/// `1 ponto`, `2 pontos`.
pub fn count(n: usize, one: &str, many: &str) -> String {
    format!("{n} {}", if n == 1 { one } else { many })
}

/// `0,4 s` or `1 min 20 s`.
pub fn duration(time: Duration) -> String {
    let seconds = time.as_secs_f64();
    if seconds < 60.0 {
        format!("{seconds:.1} s").replace('.', ",")
    } else {
        format!("{} min {} s", time.as_secs() / 60, time.as_secs() % 60)
    }
}

/// `812 bytes`, `1,2 kB`, `3,4 MB`.
pub fn size(bytes: u64) -> String {
    let (unit, name) = match bytes {
        0..1024 => return count(bytes as usize, "byte", "bytes"),
        1024..1_048_576 => (1024.0, "kB"),
        _ => (1_048_576.0, "MB"),
    };
    format!("{:.1} {name}", bytes as f64 / unit).replace('.', ",")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn how_long_ago_in_words() {
        let said = [0, 59, 60, 7_199, 86_400, 200_000].map(|s| ago(Duration::from_secs(s)));
        assert_eq!(
            said,
            [
                "agora mesmo",
                "há 59 s",
                "há 1 min",
                "há 1 h",
                "há 1 dia",
                "há 2 dias"
            ]
        );
    }

    #[test]
    fn sizes_in_words() {
        assert_eq!(
            [size(1), size(812), size(1229), size(50 * 1024 * 1024)],
            ["1 byte", "812 bytes", "1,2 kB", "50,0 MB"]
        );
    }
}
