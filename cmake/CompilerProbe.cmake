# Filled in by the house: refuses a compiler that miscompiles coroutines.
