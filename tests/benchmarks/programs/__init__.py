"""One module a contender: `epochs(count, seed)` trains and yields the test negative ELBO of each epoch."""
