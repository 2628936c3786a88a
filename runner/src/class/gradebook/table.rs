use futures_util::future::BoxFuture;
use serde_json::Value;

use super::{GRADE_VERSION, Grade, Gradebook, GradebookError, by_time};
use crate::aws::{RecordTable, Session};
use crate::core::ProbeError;
use crate::journal::Read;

/// A DynamoDB table that several who teach share.
pub struct TableBook {
    session: Session,
    table: String,
    class: String,
}

impl TableBook {
    /// The book of a class in a table, which is made where `make` asks for it:
    /// who only reads leaves nothing behind.
    ///
    /// # Errors
    /// The table cannot be reached or made, is not there, or is something else.
    pub async fn open(
        session: Session,
        table: &str,
        class: &str,
        make: bool,
    ) -> Result<Self, GradebookError> {
        let book = Self {
            session,
            table: table.to_owned(),
            class: class.to_owned(),
        };
        match book.session.record_table(table, make).await {
            Ok(RecordTable::Ready) => Ok(book),
            Ok(RecordTable::Foreign) => Err(GradebookError::ForeignTable(table.to_owned())),
            Ok(RecordTable::Missing) => Err(GradebookError::NoTable(table.to_owned())),
            Err(e) => Err(book.fault(e)),
        }
    }

    fn fault(&self, source: ProbeError) -> GradebookError {
        GradebookError::Table {
            table: self.table.clone(),
            source,
        }
    }

    async fn read_all(&self) -> Result<Read<Grade>, GradebookError> {
        let lines = self.session.records(&self.table).await;
        let mut all = Read::default();
        for line in lines.map_err(|e| self.fault(e))? {
            match serde_json::from_str::<Grade>(&line) {
                Ok(grade) if grade.format_version <= GRADE_VERSION => {
                    if grade.class == self.class {
                        all.records.push(grade);
                    }
                }
                _ => match version_of(&line) {
                    Some(found) if found > u64::from(GRADE_VERSION) => {
                        return Err(GradebookError::TooNew { found });
                    }
                    _ => all
                        .warnings
                        .push("um registro da tabela não pôde ser lido e foi ignorado".to_owned()),
                },
            }
        }
        by_time(&mut all.records);
        Ok(all)
    }
}

fn version_of(line: &str) -> Option<u64> {
    serde_json::from_str::<Value>(line)
        .ok()?
        .get("format_version")?
        .as_u64()
}

impl Gradebook for TableBook {
    fn append<'a>(&'a self, grade: &'a Grade) -> BoxFuture<'a, Result<(), GradebookError>> {
        Box::pin(async move {
            let body = serde_json::to_string(grade).map_err(|_| GradebookError::Lost)?;
            let learner = format!("{}/{}", grade.class, grade.learner);
            let key = grade.key();
            let put = self.session.put_record(&self.table, &learner, &key, body);
            put.await.map_err(|e| self.fault(e))
        })
    }

    fn read(&self) -> BoxFuture<'_, Result<Read<Grade>, GradebookError>> {
        Box::pin(self.read_all())
    }

    fn place(&self) -> String {
        format!("dynamodb://{}", self.table)
    }
}
