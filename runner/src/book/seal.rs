//! Keeps a quiz's answers and reasons from being read in a page's source, in
//! the search index and in print.
//!
//! It hides nothing from who wants to know: with four options, all answers can
//! be tried. So a strong hash would be no better than this one, which is the
//! same few lines in `quiz.js`, also where a page has no `crypto.subtle`.

use std::fmt::Write as _;

/// 64 bits of a text (the `cyrb53` construction, over UTF-16 as in a page).
fn halves(text: &str) -> (u32, u32) {
    let (mut a, mut b) = (0xdead_beef_u32, 0x41c6_ce57_u32);
    for unit in text.encode_utf16().map(u32::from) {
        a = (a ^ unit).wrapping_mul(2_654_435_761);
        b = (b ^ unit).wrapping_mul(1_597_334_677);
    }
    a = (a ^ (a >> 16)).wrapping_mul(2_246_822_507) ^ (b ^ (b >> 13)).wrapping_mul(3_266_489_909);
    b = (b ^ (b >> 16)).wrapping_mul(2_246_822_507) ^ (a ^ (a >> 13)).wrapping_mul(3_266_489_909);
    (a, b)
}

/// What a page compares an answer with.
pub(super) fn hash(text: &str) -> String {
    let (a, b) = halves(text);
    format!("{b:08x}{a:08x}")
}

/// A text that only who knows the key can read.
pub(super) fn seal(text: &str, key: &str) -> String {
    let mut out = String::with_capacity(text.len() * 2);
    for (number, bytes) in text.as_bytes().chunks(8).enumerate() {
        let (a, b) = halves(&format!("{key}\n{number}"));
        let stream = b.to_be_bytes().into_iter().chain(a.to_be_bytes());
        for (byte, mask) in bytes.iter().zip(stream) {
            // Writing to a text does not fail.
            let _ = write!(out, "{:02x}", byte ^ mask);
        }
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_sealed_text_is_opened_with_its_key_alone() {
        let sealed = seal("Certo: é assim.", "chave");
        let bytes: Vec<u8> = (0..sealed.len() / 2)
            .map(|i| u8::from_str_radix(&sealed[2 * i..2 * i + 2], 16).unwrap())
            .collect();
        assert!(!String::from_utf8_lossy(&bytes).contains("Certo"));
        assert_ne!(sealed, seal("Certo: é assim.", "outra"));
        assert_eq!(hash("a").len(), 16);
        assert_ne!(hash("a"), hash("b"));
    }
}
