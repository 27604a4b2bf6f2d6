package io.pgtopo.lab;

class Postgres15IT extends ClusterContract {
  Postgres15IT() {
    super(15);
  }
}
