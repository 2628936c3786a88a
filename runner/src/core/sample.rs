use std::collections::BTreeMap;

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value, json};

use super::Names;

/// A lab's samples by name; each is a record whose fields are made afresh at
/// each run, so that an answer written into the code cannot pass.
pub type Samples = BTreeMap<String, BTreeMap<String, Field>>;

/// How one field of a sample is made.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case", deny_unknown_fields)]
pub enum Field {
    /// Always this value.
    Value(Value),
    /// A prefix and that many random digits.
    Code {
        /// What stands before the digits.
        prefix: String,
        /// How many digits.
        digits: u32,
    },
    /// A person's name with spaces and accents.
    Person,
    /// A product's name.
    Product,
    /// An amount in currency with two decimals, in this range of whole units.
    Amount {
        /// Smallest amount.
        min: u32,
        /// Largest amount.
        max: u32,
    },
    /// A whole number.
    Integer {
        /// Smallest number.
        min: u32,
        /// Largest number.
        max: u32,
    },
    /// A date of the last years as `YYYY-MM-DD`.
    Date,
    /// A list of one to `max` records.
    List {
        /// Most elements.
        max: u32,
        /// The fields of each element.
        of: BTreeMap<String, Self>,
    },
    /// One of these texts.
    OneOf(Vec<String>),
    /// Another sample's record made anew; if fields are named, without one of
    /// them, or with one of the wrong type: which one is random and told as
    /// `{sample.field.fault}`.
    Copy {
        /// The other sample.
        of: String,
        /// Fields of which one is left out.
        #[serde(default)]
        without_one_of: Vec<String>,
        /// Fields of which one gets a value of another type.
        #[serde(default)]
        wrong_type_of: Vec<String>,
    },
    /// A text made of other fields and samples.
    Text(String),
}

const PEOPLE: &[&str] = &[
    "Conceição Araújo",
    "João Antônio Simões",
    "Patrícia Gusmão",
    "Íris Fagundes",
    "Sebastião Corrêa",
    "Antônia Magalhães",
    "Érica Brandão",
    "Luís Otávio Peçanha",
    "Mônica Guimarães",
    "Caíque Assunção",
    "Zélia Figueirôa",
    "José Inácio Leitão",
    "Ângela Queirós",
    "Ubiratã Conceição",
    "Fábio Müller",
    "Thaís d'Ávila",
];

const PRODUCTS: &[&str] = &[
    "Caderno 96 folhas",
    "Café torrado 500 g",
    "Lâmpada de LED",
    "Pão de queijo congelado",
    "Açaí 1 L",
    "Guarda-chuva automático",
    "Extensão elétrica 3 m",
    "Chinelo nº 39",
    "Maçã Fuji (kg)",
    "Sabão em pó",
];

/// Makes all samples of a run and adds them to `names`. The same seed gives the same data.
///
/// # Errors
/// A field that refers to a sample or name that does not exist, as text.
pub fn generate(samples: &Samples, seed: u64, names: &mut Names) -> Result<(), String> {
    let mut random = fastrand::Rng::with_seed(seed);
    let mut order: Vec<_> = samples.iter().collect();
    order.sort_by_key(|(_, fields)| fields.values().map(rank).max());
    for (name, fields) in order {
        let mut record = Map::new();
        let mut fields: Vec<_> = fields.iter().collect();
        fields.sort_by_key(|(_, spec)| rank(spec));
        for (field, spec) in fields {
            let full = format!("{name}.{field}");
            let mut value = make(spec, &mut random, names, samples)?;
            if let Field::Copy { .. } = spec {
                names.set(format!("{full}.fault"), value["fault"].take());
                value = value["record"].take();
            }
            names.set_sample(&full, &value);
            record.insert(field.clone(), value);
        }
        names.set(name.clone(), Value::Object(record));
    }
    Ok(())
}

/// What is made of other data comes after it.
fn rank(spec: &Field) -> u8 {
    match spec {
        Field::Text(_) => 2,
        Field::Copy { .. } => 1,
        _ => 0,
    }
}

fn make(
    spec: &Field,
    random: &mut fastrand::Rng,
    names: &Names,
    samples: &Samples,
) -> Result<Value, String> {
    Ok(match spec {
        Field::Value(value) => value.clone(),
        Field::Code { prefix, digits } => {
            let number: String = (0..*digits).map(|_| random.digit(10)).collect();
            json!(format!("{prefix}{number}"))
        }
        Field::Person => json!(random.choice(PEOPLE)),
        Field::Product => json!(random.choice(PRODUCTS)),
        Field::Amount { min, max } => {
            // Cents as an integer first: every amount has an exact two-digit text.
            let cents = random.u32(*min * 100..*max * 100);
            // Never a whole amount, so that it cannot pass as an integer.
            let cents = if cents.is_multiple_of(100) {
                cents + 37
            } else {
                cents
            };
            json!(f64::from(cents) / 100.0)
        }
        Field::Integer { min, max } => json!(random.u32(*min..=*max)),
        Field::Date => json!(format!(
            "{}-{:02}-{:02}",
            random.u32(2019..=2026),
            random.u32(1..=12),
            random.u32(1..=28)
        )),
        Field::List { max, of } => {
            let count = random.u32(1..=(*max).max(1));
            let mut items = Vec::new();
            for _ in 0..count {
                let mut item = Map::new();
                for (name, field) in of {
                    item.insert(name.clone(), make(field, random, names, samples)?);
                }
                items.push(Value::Object(item));
            }
            Value::Array(items)
        }
        Field::OneOf(options) => {
            let option = random.choice(options).ok_or("`one_of` sem opções")?;
            json!(option)
        }
        Field::Copy {
            of,
            without_one_of,
            wrong_type_of,
        } => {
            let fields = samples
                .get(of)
                .ok_or_else(|| format!("a amostra `{of}` não existe"))?;
            let missing = random.choice(without_one_of);
            let wrong = random.choice(wrong_type_of);
            let mut record = Map::new();
            for (name, field) in fields.iter().filter(|(name, _)| Some(*name) != missing) {
                let value = make(field, random, names, samples)?;
                let value = if Some(name) == wrong {
                    of_another_type(&value)
                } else {
                    value
                };
                record.insert(name.clone(), value);
            }
            json!({ "fault": missing.or(wrong), "record": record })
        }
        Field::Text(template) => Value::String(names.fill(template).map_err(|e| e.to_string())?),
    })
}

/// A number as a text, anything else as a number.
fn of_another_type(value: &Value) -> Value {
    match value {
        Value::Number(number) => json!(format!("{number} reais")),
        _ => json!(42),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn samples() -> Samples {
        toml::from_str(
            r#"
            [nota]
            numero = { code = { prefix = "NF-", digits = 6 } }
            cliente = "person"
            valor = { amount = { min = 1, max = 9 } }
            itens = { list = { max = 3, of = { descricao = "product" } } }
            [invalida]
            nota = { copy = { of = "nota", without_one_of = ["cliente", "valor"] } }
            [trocada]
            nota = { copy = { of = "nota", wrong_type_of = ["valor"] } }
            [arquivo]
            nome = { text = "nota de {nota.cliente}.json" }
            "#,
        )
        .unwrap()
    }

    fn run(seed: u64) -> Names {
        let mut names = Names::default();
        generate(&samples(), seed, &mut names).unwrap();
        names
    }

    #[test]
    fn the_seed_decides_the_data() {
        assert_eq!(run(7), run(7));
        assert_ne!(run(7), run(8));
    }

    #[test]
    fn samples_refer_to_each_other() {
        let names = run(3);
        let client = names.get("nota.cliente").unwrap().to_owned();
        assert_eq!(
            names.get("arquivo.nome").unwrap(),
            format!("nota de {client}.json")
        );
        let missing = names.get("invalida.nota.fault").unwrap();
        let record = names.fill_value(&json!("{invalida.nota}")).unwrap();
        assert!(record.get(missing).is_none() && record.get("numero").is_some());
        assert_ne!(names.get("invalida.nota.numero"), names.get("nota.numero"));
        assert_eq!(names.get("trocada.nota.fault"), Some("valor"));
        assert!(
            names
                .get("trocada.nota.valor")
                .is_some_and(|text| text.ends_with(" reais"))
        );
    }

    #[test]
    fn amounts_have_cents() {
        for seed in 0..500 {
            let names = run(seed);
            let value = names
                .fill_value(&json!("{nota.valor}"))
                .unwrap()
                .as_f64()
                .unwrap();
            assert!(
                (1.0..10.0).contains(&value) && value.fract() != 0.0,
                "{value}"
            );
        }
    }
}
