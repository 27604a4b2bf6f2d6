package io.pgtopo.agent.fetch;

import io.pgtopo.config.model.Secret;
import java.nio.charset.StandardCharsets;
import java.util.Base64;

/** A login that HTTP's basic authentication sends. */
public record BasicLogin(String user, Secret password) {
  String header() {
    var text = user + ":" + password.reveal();
    return "Basic " + Base64.getEncoder().encodeToString(text.getBytes(StandardCharsets.UTF_8));
  }
}
