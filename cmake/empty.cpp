// A library needs one source; the precompiled headers hang on this.
