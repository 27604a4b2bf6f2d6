package io.pgtopo.lab;

class Postgres10IT extends ClusterContract {
  Postgres10IT() {
    super(10);
  }
}
