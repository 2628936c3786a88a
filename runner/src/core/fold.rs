/// Folds case, accents and outer spaces, so that `função` and `Funcao ` agree.
pub fn fold(text: &str) -> String {
    text.trim()
        .to_lowercase()
        .chars()
        .map(|c| match c {
            'á' | 'à' | 'â' | 'ã' | 'ä' => 'a',
            'é' | 'ê' | 'è' | 'ë' => 'e',
            'í' | 'ï' | 'ì' => 'i',
            'ó' | 'ô' | 'õ' | 'ö' | 'ò' => 'o',
            'ú' | 'ü' | 'ù' => 'u',
            'ç' => 'c',
            other => other,
        })
        .collect()
}
