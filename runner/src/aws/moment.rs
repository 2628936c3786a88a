use std::any::Any;
use std::collections::HashMap;
use std::future::Future;
use std::sync::{Arc, Mutex};

use tokio::sync::OnceCell;

use crate::core::ProbeError;

type Cell = Arc<OnceCell<Result<Arc<dyn Any + Send + Sync>, ProbeError>>>;

/// Answers that looks of the same moment share: a call that several probes
/// make is made once, also when they make it at the same time.
#[derive(Default)]
pub struct Moment(Mutex<HashMap<String, Cell>>);

impl Moment {
    /// The answer to `call`, which is made unless it was made before under this key.
    /// The key names the operation and its arguments.
    pub(super) async fn once<T, F>(&self, key: String, call: F) -> Result<Arc<T>, ProbeError>
    where
        T: Send + Sync + 'static,
        F: Future<Output = Result<T, ProbeError>>,
    {
        let cell = match self.0.lock() {
            Ok(mut cells) => Arc::clone(cells.entry(key).or_default()),
            Err(poisoned) => Arc::clone(poisoned.into_inner().entry(key).or_default()),
        };
        let answer = cell
            .get_or_init(|| async {
                call.await
                    .map(|value| Arc::new(value) as Arc<dyn Any + Send + Sync>)
            })
            .await;
        // One key is always asked with one type: it names the operation.
        answer
            .clone()
            .map(|value| value.downcast::<T>().expect("a key names one operation"))
    }
}
