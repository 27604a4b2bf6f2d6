package io.pgtopo.lab;

class Postgres18IT extends ClusterContract {
  Postgres18IT() {
    super(18);
  }
}
