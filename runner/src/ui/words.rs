//! The words of verdicts and of small quantities.

use std::time::Duration;

use super::style;
use crate::core::Verdict;

/// Symbol and word of a verdict: `✔ OK`; in plain mode the word alone.
pub fn verdict(verdict: &Verdict, plain: bool) -> String {
    let (symbol, word) = match verdict {
        Verdict::Pass => ("✔", "OK"),
        Verdict::Fail(_) => ("✘", "FALHOU"),
        Verdict::Skipped { .. } => ("○", "PULADO"),
        Verdict::Pending(_) => ("…", "AGUARDANDO"),
        Verdict::Unknown(_) => ("?", "NÃO VERIFICADO"),
        Verdict::Broken(_) => ("!", "LAB COM DEFEITO"),
    };
    let text = if plain {
        word.to_owned()
    } else {
        format!("{symbol} {word}")
    };
    // Padded before painting: colour codes have no width.
    let text = format!("{text:<10}");
    match verdict {
        Verdict::Pass => style::good(&text),
        Verdict::Fail(_) | Verdict::Broken(_) => style::bad(&text),
        Verdict::Skipped { .. } => style::dim(&text),
        Verdict::Pending(_) | Verdict::Unknown(_) => style::wait(&text),
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
    fn sizes_in_words() {
        assert_eq!(
            [size(1), size(812), size(1229), size(50 * 1024 * 1024)],
            ["1 byte", "812 bytes", "1,2 kB", "50,0 MB"]
        );
    }
}
