package io.pgtopo.agent.compare;

import io.pgtopo.agent.drift.Difference;
import io.pgtopo.agent.drift.Drift;
import io.pgtopo.agent.drift.DriftKind;
import io.pgtopo.agent.drift.ObjectDrift;
import io.pgtopo.agent.drift.Spelling;
import io.pgtopo.agent.drift.Subject;
import io.pgtopo.agent.observation.LiveDatabase;
import io.pgtopo.config.model.Database;
import io.pgtopo.config.model.ObjectState;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** The databases of one cluster against the declared ones. */
final class DatabaseComparison {
  private final ObjectScope scope;
  private final ObjectRules judgement;
  private final List<LiveDatabase> live;
  private final InteriorComparison interiors;

  DatabaseComparison(ObjectScope scope, ObjectComparison.Witness witness, List<LiveDatabase> live) {
    this.scope = scope;
    this.live = live;
    this.interiors = new InteriorComparison(witness.survey().contents());
    this.judgement =
        new ObjectRules(scope.cluster(), Subject.Part.Type.DATABASE, witness.instance());
  }

  Stream<Drift> compare() {
    var declared =
        scope.cluster().databases().stream()
            .collect(
                Collectors.groupingBy(Database::name, LinkedHashMap::new, Collectors.toList()));
    var byName =
        live.stream()
            .collect(
                Collectors.toMap(LiveDatabase::name, Function.identity(), (one, other) -> one));
    return Stream.of(
            declared.entrySet().stream()
                .flatMap(entry -> declared(entry, Optional.ofNullable(byName.get(entry.getKey())))),
            scope.judgesUndeclaredDatabases() ? undeclared(declared) : Stream.<Drift>empty(),
            scope.isManaged()
                ? declared.keySet().stream().flatMap(this::hidden)
                : Stream.<Drift>empty())
        .flatMap(drifts -> drifts);
  }

  private Stream<Drift> hidden(String name) {
    return interiors
        .hidden(name)
        .map(
            reason ->
                new Drift.Unverifiable(
                    DriftKind.DATABASE_MISMATCH,
                    ObjectDrift.subject(scope.cluster(), Subject.Part.Type.DATABASE, name),
                    reason))
        .map(Drift.class::cast)
        .stream();
  }

  private Stream<Drift> declared(
      Map.Entry<String, List<Database>> entry, Optional<LiveDatabase> found) {
    List<ObjectState> states = entry.getValue().stream().map(Database::state).toList();
    return judgement
        .declared(
            entry.getKey(),
            states,
            found.map(
                database ->
                    entry.getValue().stream().map(it -> differences(it, database)).toList()))
        .stream();
  }

  private Stream<Drift> undeclared(Map<String, List<Database>> declared) {
    return judgement.undeclared(
        live.stream()
            .filter(database -> !declared.containsKey(database.name()))
            .filter(database -> !ObjectScope.DATABASES_OF_POSTGRES.contains(database.name()))
            .filter(database -> database.template() == LiveDatabase.Template.DATABASE)
            .toList(),
        LiveDatabase::name,
        found -> new ObjectDrift.UndeclaredDatabase(scope.cluster(), found, judgement.primary()));
  }

  /** Of what Pigsty only monitors, or PostgreSQL made, no more than the name is declared. */
  private List<Difference> differences(Database declared, LiveDatabase found) {
    if (!scope.isManaged() || ObjectScope.DATABASES_OF_POSTGRES.contains(declared.name())) {
      return List.of();
    }
    var differences = new ArrayList<Difference>();
    declared
        .owner()
        .filter(owner -> !owner.equals(found.owner()))
        .ifPresent(owner -> differences.add(new Difference("owner", owner, found.owner())));
    declared
        .creation()
        .encoding()
        .filter(encoding -> !Spelling.isSameEncoding(encoding, found.encoding()))
        .ifPresent(it -> differences.add(new Difference("encoding", it, found.encoding())));
    locale(declared.creation(), found.locale(), differences);
    access(declared.access(), found, differences);
    differences.addAll(interiors.differences(declared));
    return differences;
  }

  private static void locale(
      Database.Creation declared, LiveDatabase.Locale found, List<Difference> differences) {
    // With another provider the locale is that of the provider, which is not compared.
    var isOfLibc = declared.localeProvider().map("libc"::equalsIgnoreCase).orElse(true);
    var locale = declared.locale().filter(it -> isOfLibc);
    declared
        .collate()
        .or(() -> locale)
        .filter(collate -> !Spelling.isSameLocale(collate, found.collate()))
        .ifPresent(it -> differences.add(new Difference("lc_collate", it, found.collate())));
    declared
        .ctype()
        .or(() -> locale)
        .filter(ctype -> !Spelling.isSameLocale(ctype, found.ctype()))
        .ifPresent(it -> differences.add(new Difference("lc_ctype", it, found.ctype())));
  }

  private static void access(
      Database.Access declared, LiveDatabase found, List<Difference> differences) {
    var isTemplate = found.template() == LiveDatabase.Template.TEMPLATE;
    if (declared.isTemplate() != isTemplate) {
      differences.add(Spelling.flag("is_template", declared.isTemplate()));
    }
    var isOpen = found.access() == LiveDatabase.Access.OPEN;
    if (declared.allowsConnections() != isOpen) {
      differences.add(Spelling.flag("allowconn", declared.allowsConnections()));
    }
    if (declared.connectionLimit() != found.connectionLimit()) {
      differences.add(
          new Difference(
              "connlimit",
              Integer.toString(declared.connectionLimit()),
              Integer.toString(found.connectionLimit())));
    }
  }
}
