package dev.wxnotify.server;

import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.library.dependencies.SlicesRuleDefinition.slices;
import static org.assertj.core.api.Assertions.assertThat;

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
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A package is one of our nouns (the core) or an external technology (an edge). */
class ArchitectureTest {
  private static final String ROOT = "dev.wxnotify.server";
  private static final String CLI = "dev.wxnotify.cli";
  private static final String SANDBOX = "dev.wxnotify.sandbox";
  private static final String FILES = "dev.wxnotify.files";

  /** The modules in the server's jar. */
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          .importPackages(ROOT, CLI, SANDBOX, FILES);

  @Test
  void packages_areCoreEdgesAndRoot_andNoOthers() {
    classes()
        .should()
        .resideInAnyPackage(
            ROOT,
            ROOT + ".message",
            ROOT + ".token",
            ROOT + ".delivery",
            ROOT + ".grpc",
            ROOT + ".wechat",
            ROOT + ".redis",
            ROOT + ".metrics",
            ROOT + ".tracing",
            ROOT + ".netty",
            CLI,
            FILES,
            SANDBOX)
        .check(OURS);
  }

  @Test
  void modules_haveClasses() {
    for (String name : List.of(ROOT, CLI, SANDBOX, FILES)) {
      assertThat(OURS.containPackage(name)).as(name).isTrue();
    }
  }

  @Test
  void token_importsNothingOfOurs() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".token..")
        .should()
        .dependOnClassesThat(oursOutside(ROOT + ".token"))
        .check(OURS);
  }

  @Test
  void message_importsNothingOfOurs() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".message..")
        .should()
        .dependOnClassesThat(oursOutside(ROOT + ".message"))
        .check(OURS);
  }

  @Test
  void message_isPure() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".message..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage("java.util.concurrent..", "java.io..", "java.nio.file..", "org.slf4j..")
        .orShould()
        .dependOnClassesThat()
        .belongToAnyOf(Thread.class)
        .check(OURS);
  }

  @Test
  void delivery_importsOnlyMessageAndToken() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".delivery..")
        .should()
        .dependOnClassesThat(oursOutside(ROOT + ".delivery", ROOT + ".message", ROOT + ".token"))
        .check(OURS);
  }

  @Test
  void sandbox_importsNothingOfOurs() {
    noClasses()
        .that()
        .resideInAPackage(SANDBOX + "..")
        .should()
        .dependOnClassesThat(oursOutside(SANDBOX))
        .check(OURS);
  }

  /** Every reader of the operator's files uses it, edges too: so it must depend on nothing. */
  @Test
  void files_importNothingOfOurs() {
    noClasses()
        .that()
        .resideInAPackage(FILES + "..")
        .should()
        .dependOnClassesThat(oursOutside(FILES))
        .check(OURS);
  }

  @Test
  void core_readsNoFiles() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".message..", ROOT + ".token..", ROOT + ".delivery..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(FILES + "..")
        .check(OURS);
  }

  @Test
  void commands_knowTheStubOnly() {
    noClasses()
        .that()
        .resideInAPackage(CLI + "..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(ROOT + "..", SANDBOX + "..")
        .check(OURS);
  }

  /** All edges that use sockets share it; so it is not an edge itself. */
  @Test
  void netty_importsNothingOfOurs() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".netty..")
        .should()
        .dependOnClassesThat(oursOutside(ROOT + ".netty"))
        .check(OURS);
  }

  @Test
  void core_seesNoForeignTechnology() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".message..", ROOT + ".token..", ROOT + ".delivery..")
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
            "io.smallrye..",
            "picocli..",
            "java.net.http..")
        .check(OURS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ROOT + ".grpc",
        ROOT + ".wechat",
        ROOT + ".redis",
        ROOT + ".metrics",
        ROOT + ".tracing",
        CLI,
        SANDBOX
      })
  void edge_isImportedByTheRootOnly(String edge) {
    noClasses()
        .that()
        .resideOutsideOfPackages(ROOT, edge + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(edge + "..")
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
        .resideOutsideOfPackages(ROOT + ".grpc..", CLI + "..")
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
   * what it wires.
   */
  @Test
  void edges_arePublicOnlyWhereTheRootUsesThem() {
    classes()
        .that()
        .resideInAnyPackage(
            ROOT + ".grpc..",
            CLI + "..",
            ROOT + ".wechat..",
            ROOT + ".redis..",
            ROOT + ".metrics..",
            ROOT + ".tracing..")
        .and()
        .areTopLevelClasses()
        .and()
        .haveModifier(JavaModifier.PUBLIC)
        .should(beUsedByTheRoot())
        .check(OURS);
  }

  private static ArchCondition<JavaClass> beUsedByTheRoot() {
    return new ArchCondition<>("be used by the root") {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        boolean used =
            item.getDirectDependenciesToSelf().stream()
                .anyMatch(d -> d.getOriginClass().getPackageName().equals(ROOT));
        events.add(
            new SimpleConditionEvent(
                item, used, item.getName() + " is public and the root does not use it"));
      }
    };
  }

  private static DescribedPredicate<JavaClass> oursOutside(String... packages) {
    return new DescribedPredicate<>("are ours, outside of %s", List.of(packages)) {
      @Override
      public boolean test(JavaClass used) {
        return used.getPackageName().startsWith("dev.wxnotify")
            && List.of(packages).stream().noneMatch(p -> used.getPackageName().equals(p));
      }
    };
  }
}
