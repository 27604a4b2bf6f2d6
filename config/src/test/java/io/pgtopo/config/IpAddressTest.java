package io.pgtopo.config;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.config.model.Endpoint;
import io.pgtopo.config.model.IpAddress;
import org.junit.jupiter.api.Test;

class IpAddressTest {
  @Test
  void an_address_has_one_spelling_however_it_was_written() {
    assertThat(IpAddress.canonical("0:0:0:0:0:0:0:1")).isEqualTo("::1");
    assertThat(IpAddress.canonical("::")).isEqualTo("::");
    assertThat(IpAddress.canonical("2001:0DB8::0005")).isEqualTo("2001:db8::5");
    assertThat(IpAddress.canonical("2001:db8:0:1:0:0:0:0")).isEqualTo("2001:db8:0:1::");
    assertThat(IpAddress.canonical("::ffff:10.0.0.1")).isEqualTo("10.0.0.1");
    assertThat(new Endpoint("0:0:0:0:0:0:0:1", 5432)).isEqualTo(new Endpoint("::1", 5432));
  }

  @Test
  void what_is_no_address_of_ipv6_stays_as_it_is() {
    for (var host : new String[] {"db1.example", "10.0.0.1", "fe80::1%eth0", "a:b:c"}) {
      assertThat(IpAddress.canonical(host)).isEqualTo(host);
    }
  }
}
