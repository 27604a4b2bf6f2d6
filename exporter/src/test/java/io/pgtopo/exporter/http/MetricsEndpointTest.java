package io.pgtopo.exporter.http;

import static org.assertj.core.api.Assertions.assertThat;

import io.pgtopo.exporter.metrics.SharedText.Coding;
import org.junit.jupiter.api.Test;

class MetricsEndpointTest {
  @Test
  void gzip_is_sent_to_clients_that_accept_it() {
    for (var yes : new String[] {"gzip", "deflate, gzip;q=0.5", "br,gzip"}) {
      assertThat(MetricsEndpoint.coding(yes)).as(yes).isEqualTo(Coding.GZIP);
    }
    for (var no : new String[] {"", "identity", "gzip;q=0", "deflate, gzip;q=0.0", "x-gzipped"}) {
      assertThat(MetricsEndpoint.coding(no)).as(no).isEqualTo(Coding.IDENTITY);
    }
    assertThat(MetricsEndpoint.coding(null)).isEqualTo(Coding.IDENTITY);
  }
}
