package io.pgtopo.exporter.http;

import io.pgtopo.exporter.testing.Golden;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class OpenApiTest {
  @Test
  void the_published_document_is_the_one_of_the_records() {
    Golden.assertEqual(
        Path.of("src", "main", "resources", "io", "pgtopo", "exporter", "openapi.json"),
        OpenApiDocument.text());
  }
}
