package dev.wxnotify.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.ImportOption;
import com.tngtech.archunit.lang.ArchCondition;
import com.tngtech.archunit.lang.ConditionEvents;
import com.tngtech.archunit.lang.SimpleConditionEvent;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A package is one of our nouns (the core) or an external technology (an edge). */
class ArchitectureTest {
  private static final String ROOT = "dev.wxnotify.server";

  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT);

  @Test
  void packages_areCoreEdgesAndRoot_andNoOthers() {
    classes()
        .should()
        .resideInAnyPackage(
            ROOT,
            ROOT + ".config",
            ROOT + ".token",
            ROOT + ".delivery",
            ROOT + ".grpc",
            ROOT + ".wechat",
            ROOT + ".redis",
            ROOT + ".metrics",
            ROOT + ".tracing",
            ROOT + ".logging",
            ROOT + ".netty",
            ROOT + ".cli",
            ROOT + ".files",
            ROOT + ".sandbox")
        .check(OURS);
  }

  @Test
  void token_importsNothingOfOurs() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".token..")
        .should()
        .dependOnClassesThat(oursOutside("token"))
        .check(OURS);
  }

  @Test
  void delivery_importsOnlyToken() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".delivery..")
        .should()
        .dependOnClassesThat(oursOutside("delivery", "token"))
        .check(OURS);
  }

  @Test
  void sandbox_importsNothingOfOurs() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".sandbox..")
        .should()
        .dependOnClassesThat(oursOutside("sandbox"))
        .check(OURS);
  }

  /** Every reader of the operator's files uses it, edges too: so it must depend on nothing. */
  @Test
  void files_importNothingOfOurs() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".files..")
        .should()
        .dependOnClassesThat(oursOutside("files"))
        .check(OURS);
  }

  @Test
  void core_readsNoFiles() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".token..", ROOT + ".delivery..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT + ".files..")
        .check(OURS);
  }

  @Test
  void commands_knowTheStubOnly() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".cli..")
        .should()
        .dependOnClassesThat(serversOwnOutside("cli"))
        .check(OURS);
  }

  /** All edges that use sockets share it; so it is not an edge itself. */
  @Test
  void netty_importsNothingOfOurs() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".netty..")
        .should()
        .dependOnClassesThat(oursOutside("netty"))
        .check(OURS);
  }

  @Test
  void core_seesNoForeignTechnology() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".token..", ROOT + ".delivery..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(
            "io.grpc..",
            "com.google.protobuf..",
            "com.google.rpc..",
            "dev.wxnotify.v1..",
            "com.fasterxml..",
            "io.netty..",
            "io.lettuce..",
            "io.micrometer..",
            "io.opentelemetry..",
            "io.prometheus..",
            "org.yaml..",
            "ch.qos.logback..",
            "picocli..",
            "java.net.http..")
        .check(OURS);
  }

  /** The configuration knows the settings of an edge, which the wiring passes on. */
  @ParameterizedTest
  @ValueSource(strings = {"grpc", "wechat", "redis", "logging"})
  void edgeWithSettings_isImportedByTheRootAndTheConfigurationOnly(String edge) {
    assertImportedOnlyBy(edge, ROOT, ROOT + ".config");
  }

  @ParameterizedTest
  @ValueSource(strings = {"metrics", "tracing", "cli", "sandbox"})
  void edge_isImportedByTheRootOnly(String edge) {
    assertImportedOnlyBy(edge, ROOT);
  }

  @Test
  void configuration_isImportedByTheRootOnly() {
    assertImportedOnlyBy("config", ROOT);
  }

  private static void assertImportedOnlyBy(String name, String... importers) {
    noClasses()
        .that()
        .resideOutsideOfPackages(importers)
        .and()
        .resideOutsideOfPackage(ROOT + "." + name + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + "." + name + "..")
        .check(OURS);
  }

  /** It makes values of what is written, and starts nothing. */
  @Test
  void configuration_seesNoForeignTechnologyButYaml() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".config..")
        .should()
        .dependOnClassesThat(
            new DescribedPredicate<>("are neither ours, nor of Java, SLF4J or YAML") {
              @Override
              public boolean test(JavaClass used) {
                String name = used.getBaseComponentType().getPackageName(); // Primitives: empty.
                return Stream.of(ROOT, "java.", "org.slf4j", "org.yaml", "org.jspecify")
                    .noneMatch(allowed -> name.isEmpty() || name.startsWith(allowed));
              }
            })
        .check(OURS);
  }

  @Test
  void yaml_isReadByTheConfigurationOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT + ".config..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("org.yaml..")
        .check(OURS);
  }

  @Test
  void root_isImportedByNobody() {
    noClasses()
        .that()
        .resideOutsideOfPackage(ROOT)
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT)
        .check(OURS);
  }

  @Test
  void contract_isKnownToTheEdgesThatSpeakItOnly() {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT + ".grpc..", ROOT + ".cli..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("dev.wxnotify.v1..")
        .check(OURS);
  }

  @Test
  void packages_haveNoCycles() {
    slices().matching(ROOT + ".(*)..").should().beFreeOfCycles().check(OURS);
  }

  /**
   * The sandbox is a separate product, which users' tests see; the other edges expose to the root
   * what it wires, and to the configuration what it reads for them. (Logback makes the filter of
   * the log by its name.)
   */
  @Test
  void edges_arePublicOnlyWhereTheRootAndTheConfigurationUseThem() {
    classes()
        .that()
        .resideInAnyPackage(
            ROOT + ".config..",
            ROOT + ".grpc..",
            ROOT + ".cli..",
            ROOT + ".wechat..",
            ROOT + ".redis..",
            ROOT + ".metrics..",
            ROOT + ".tracing..")
        .and()
        .areTopLevelClasses()
        .and()
        .haveModifier(JavaModifier.PUBLIC)
        .should(beUsedByTheRootOrTheConfiguration())
        .check(OURS);
  }

  private static ArchCondition<JavaClass> beUsedByTheRootOrTheConfiguration() {
    return new ArchCondition<>("be used by the root or the configuration") {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        boolean used =
            item.getDirectDependenciesToSelf().stream()
                .map(d -> d.getOriginClass().getPackageName())
                .filter(user -> !user.equals(item.getPackageName()))
                .anyMatch(user -> user.equals(ROOT) || user.equals(ROOT + ".config"));
        events.add(
            new SimpleConditionEvent(
                item, used, item.getName() + " is public and neither of them uses it"));
      }
    };
  }

  private static DescribedPredicate<JavaClass> oursOutside(String... packages) {
    return new DescribedPredicate<>("are ours, outside of %s", List.of(packages)) {
      @Override
      public boolean test(JavaClass used) {
        return used.getPackageName().startsWith("dev.wxnotify")
            && List.of(packages).stream()
                .noneMatch(p -> used.getPackageName().equals(ROOT + "." + p));
      }
    };
  }

  private static DescribedPredicate<JavaClass> serversOwnOutside(String own) {
    return new DescribedPredicate<>("are the server's, outside of %s", own) {
      @Override
      public boolean test(JavaClass used) {
        return used.getPackageName().startsWith(ROOT)
            && !used.getPackageName().equals(ROOT + ".files")
            && !used.getPackageName().equals(ROOT + "." + own);
      }
    };
  }
}
