// The floor under everything: a node process that does nothing.
void 0;
