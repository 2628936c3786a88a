use sha2::{Digest, Sha256};

/// Bytes as they are written in names and files.
pub fn hex(bytes: &[u8]) -> String {
    bytes.iter().map(|byte| format!("{byte:02x}")).collect()
}

/// The first so many bytes of a SHA-256: it tells whether something changed.
pub fn fingerprint(of: impl AsRef<[u8]>, bytes: usize) -> String {
    hex(&Sha256::digest(of)[..bytes.min(32)])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fingerprint_is_the_beginning_of_the_known_hash() {
        let whole = "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad";
        assert_eq!(fingerprint("abc", 32), whole);
        assert_eq!(fingerprint("abc", 6), whole[..12]);
        assert_eq!(hex(&[0, 10, 255]), "000aff");
    }
}
