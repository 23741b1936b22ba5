"""The migrations of the cache, in order. One that was released is never changed."""
