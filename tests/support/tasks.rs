//! Running futures on one thread, step by step.

/// Runs `test` on one thread, with local tasks.
pub fn local<F: Future>(test: F) -> F::Output {
    let runtime = tokio::runtime::Builder::new_current_thread().build().unwrap();
    tokio::task::LocalSet::new().block_on(&runtime, test)
}

/// Lets every task run until it waits.
pub async fn settle() {
    for _ in 0..64 {
        tokio::task::yield_now().await;
    }
}
