package io.pgtopo.exporter.web;

import io.pgtopo.config.model.Secret;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.util.Base64;
import java.util.HexFormat;
import java.util.Optional;
import java.util.Set;
import java.util.SortedMap;
import java.util.concurrent.Callable;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Semaphore;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import javax.crypto.Mac;
import javax.crypto.spec.SecretKeySpec;
import org.bouncycastle.crypto.generators.OpenBSDBCrypt;

/**
 * Checks users and their passwords. bcrypt is slow on purpose: one hash is computed at a time, an
 * unknown user costs as much as a known one, a failure is answered late, and a success is
 * remembered. Any thread may call it.
 */
final class Logins {
  enum Outcome {
    ACCEPTED,
    REFUSED,
    BUSY
  }

  private static final int MOST_WAITING = 32;
  private static final int MOST_REMEMBERED = 256;
  private static final int FIRST_PAUSE_MILLIS = 50;
  private static final int LONGEST_PAUSE_MILLIS = 1000;
  private static final String DIGEST = "HmacSHA256";

  /** One for all: a reload replaces the users. */
  private static final ExecutorService THREAD = StartedThreads.of("password", 1);

  private final SortedMap<String, Secret> users;
  private final Semaphore turn = new Semaphore(1, true);
  private final Set<String> remembered = ConcurrentHashMap.newKeySet();
  private final AtomicInteger failuresInARow = new AtomicInteger();
  private final SecretKeySpec key;

  /** Whether a hash, in bcrypt's text form, is that of a password. */
  private final BiPredicate<String, byte[]> isHashOf;

  Logins(SortedMap<String, Secret> users) {
    this(users, OpenBSDBCrypt::checkPassword);
  }

  Logins(SortedMap<String, Secret> users, BiPredicate<String, byte[]> isHashOf) {
    this.users = users;
    this.isHashOf = isHashOf;
    var random = new byte[32];
    new SecureRandom().nextBytes(random);
    this.key = new SecretKeySpec(random, DIGEST);
  }

  /** The user and the password of an {@code Authorization} header, joined by a colon. */
  static Optional<String> basic(String authorization) {
    if (!authorization.regionMatches(true, 0, "Basic ", 0, "Basic ".length())) {
      return Optional.empty();
    }
    try {
      var decoded = Base64.getDecoder().decode(authorization.substring("Basic ".length()).strip());
      var text = new String(decoded, StandardCharsets.UTF_8);
      return text.indexOf(':') < 0 ? Optional.empty() : Optional.of(text);
    } catch (IllegalArgumentException noBase64) {
      return Optional.empty();
    }
  }

  /** Whether one of the users has this password. */
  Outcome check(String credentials) throws InterruptedException {
    var mark = mark(credentials);
    if (remembered.contains(mark)) {
      return Outcome.ACCEPTED;
    }
    if (turn.getQueueLength() >= MOST_WAITING) {
      return Outcome.BUSY;
    }
    turn.acquire();
    boolean isRight;
    try {
      isRight = onOwnThread(() -> isRight(credentials));
    } finally {
      turn.release();
    }
    if (isRight) {
      remember(mark);
      return Outcome.ACCEPTED;
    }
    // After the others may go on: a client that guesses must not lock out the others.
    Thread.sleep(pause(failuresInARow.incrementAndGet()));
    return Outcome.REFUSED;
  }

  /** Computes where it does not delay the polls. */
  private static boolean onOwnThread(Callable<Boolean> check) throws InterruptedException {
    try {
      return THREAD.submit(check).get();
    } catch (ExecutionException bug) {
      throw new IllegalStateException("a password could not be checked", bug);
    }
  }

  private void remember(String mark) {
    failuresInARow.set(0);
    if (remembered.size() >= MOST_REMEMBERED) {
      remembered.clear();
    }
    remembered.add(mark);
  }

  private static int pause(int failures) {
    var doublings = Math.min(failures - 1, 10);
    return Math.min(LONGEST_PAUSE_MILLIS, FIRST_PAUSE_MILLIS << doublings);
  }

  private boolean isRight(String credentials) {
    var colon = credentials.indexOf(':');
    var known = Optional.ofNullable(users.get(credentials.substring(0, colon)));
    var hash = known.orElseGet(() -> users.get(users.firstKey()));
    var password = credentials.substring(colon + 1).getBytes(StandardCharsets.UTF_8);
    // Computed in any case, and compared in constant time.
    var matches = isHashOf.test(hash.reveal(), password);
    return matches && known.isPresent();
  }

  /** What a login is remembered by; the password cannot be derived from it. */
  private String mark(String credentials) {
    try {
      var digest = Mac.getInstance(DIGEST);
      digest.init(key);
      return HexFormat.of().formatHex(digest.doFinal(credentials.getBytes(StandardCharsets.UTF_8)));
    } catch (GeneralSecurityException missing) {
      throw new IllegalStateException("every JVM has " + DIGEST, missing);
    }
  }
}
