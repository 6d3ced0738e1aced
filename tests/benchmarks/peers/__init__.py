"""Programs that the benchmarks run in other environments and processes than their own."""
