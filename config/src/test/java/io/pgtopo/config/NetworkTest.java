package io.pgtopo.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.model.IpAddress;
import io.pgtopo.config.model.Network;
import org.junit.jupiter.api.Test;

class NetworkTest {
  private static IpAddress ip(String text) {
    return IpAddress.parse(text).orElseThrow();
  }

  private static Network network(String text) {
    return Network.parse(text).orElseThrow();
  }

  @Test
  void an_address_is_in_its_network_and_in_no_other() {
    assertThat(network("10.1.0.0/16").contains(ip("10.1.255.255"))).isTrue();
    assertThat(network("10.1.0.0/16").contains(ip("10.2.0.0"))).isFalse();
    assertThat(network("fd00:1::/64").contains(ip("fd00:1::9"))).isTrue();
    assertThat(network("fd00:1::/64").contains(ip("fd00:1:0:1::9"))).isFalse();
    assertThat(network("0.0.0.0/0").contains(ip("203.0.113.1"))).isTrue();
    assertThat(network("0.0.0.0/0").contains(ip("::1"))).isFalse();
    assertThat(network("10.1.0.7").contains(ip("10.1.0.8"))).isFalse();
  }

  @Test
  void the_network_around_an_address_is_its_24_or_its_64() {
    assertThat(Network.around(ip("10.1.2.3"))).isEqualTo(network("10.1.2.0/24"));
    assertThat(Network.around(ip("fd00::1:2:3:4"))).isEqualTo(network("fd00::/64"));
  }

  @Test
  void an_ipv4_address_in_the_form_of_ipv6_is_the_same_address() {
    assertThat(ip("::ffff:10.0.0.1")).isEqualTo(ip("10.0.0.1"));
  }

  @Test
  void a_name_or_a_malformed_address_is_no_address() {
    assertThat(IpAddress.parse("pg.example")).isEmpty();
    assertThat(IpAddress.parse("10.1")).isEmpty();
    assertThat(IpAddress.parse("10.1.0.256")).isEmpty();
    assertThat(IpAddress.parse("10.1.0.0.1")).isEmpty();
    assertThat(IpAddress.parse("1:2:3")).isEmpty();
    assertThat(IpAddress.parse("fe80::1%eth0")).isEmpty();
    assertThat(IpAddress.parse("/run/postgresql")).isEmpty();
    assertThat(Network.parse("10.0.0.0/33")).isEmpty();
  }

  @Test
  void private_addresses_are_distinguished_from_public_ones() {
    assertThat(ip("10.9.9.9").isPrivate()).isTrue();
    assertThat(ip("172.31.0.1").isPrivate()).isTrue();
    assertThat(ip("192.168.7.7").isPrivate()).isTrue();
    assertThat(ip("fd12::1").isPrivate()).isTrue();
    assertThat(ip("172.32.0.1").isPrivate()).isFalse();
    assertThat(ip("203.0.113.1").isPrivate()).isFalse();
    assertThat(ip("2001:db8::1").isPrivate()).isFalse();
    assertThat(ip("fd::1").isPrivate()).isFalse();
    assertThat(ip("127.0.0.1").isLoopback()).isTrue();
    assertThat(ip("::1").isLoopback()).isTrue();
    assertThat(ip("0.0.0.0").isLoopback()).isFalse();
  }
}
