package dev.wxnotify.server;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.equivalentTo;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.classes;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
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
import dev.wxnotify.server.grpc.Tls;
import io.grpc.Metadata;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.netty.resolver.DefaultAddressResolverGroup;
import io.netty.resolver.DefaultNameResolver;
import java.io.IOException;
import java.lang.reflect.Constructor;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** A package is one of our nouns (the core) or an external technology (an edge). */
class ArchitectureTest {
  private static final String ROOT = "dev.wxnotify.server";
  private static final String CLI = "dev.wxnotify.cli";
  private static final String SANDBOX = "dev.wxnotify.sandbox";
  private static final String FILES = "dev.wxnotify.files";
  private static final String WEB = "dev.wxnotify.web";
  private static final Path SOURCES = Path.of("src/main/java/dev/wxnotify/server");
  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\n]*");
  private static final Pattern SYNCHRONIZED = Pattern.compile("\\bsynchronized\\b");

  /** Exceptions of commands, of the sandbox, and of files that are read at the start. */
  private static final DescribedPredicate<JavaClass> ELSEWHERE =
      resideInAnyPackage(ROOT, ROOT + ".config", CLI, SANDBOX, FILES)
          .or(equivalentTo(Tls.InvalidFilesException.class));

  private static final Map<Class<?>, Object> ARGUMENTS =
      Map.of(
          String.class,
          "why",
          List.class,
          List.of(),
          Status.class,
          Status.UNAVAILABLE,
          Metadata.class,
          new Metadata());

  /** The modules in the server's jar. */
  private static final JavaClasses OURS =
      new ClassFileImporter()
          .withImportOption(new ImportOption.DoNotIncludeTests())
          // Not what the build makes of templates of pages.
          .withImportOption(
              place -> !place.matches(Pattern.compile(".*/Jte[a-zA-Z]+Generated.class")))
          .importPackages(ROOT, CLI, SANDBOX, FILES, WEB);

  @Test
  void packages_areCoreEdgesAndRoot_andNoOthers() {
    classes()
        .should()
        .resideInAnyPackage(
            ROOT,
            ROOT + ".message",
            ROOT + ".config",
            ROOT + ".token",
            ROOT + ".template",
            ROOT + ".delivery",
            ROOT + ".journal",
            ROOT + ".push",
            ROOT + ".grpc",
            ROOT + ".wechat",
            ROOT + ".redis",
            ROOT + ".jdbc",
            ROOT + ".metrics",
            ROOT + ".tracing",
            ROOT + ".logging",
            ROOT + ".netty",
            ROOT + ".pages",
            CLI,
            FILES,
            SANDBOX,
            WEB)
        .check(OURS);
  }

  @Test
  void modules_haveClasses() {
    for (String name : List.of(ROOT, CLI, SANDBOX, FILES, WEB)) {
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
  void template_importsOnlyMessage() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".template..")
        .should()
        .dependOnClassesThat(oursOutside(ROOT + ".template", ROOT + ".message"))
        .check(OURS);
  }

  @Test
  void delivery_importsOnlyMessageTokenAndTemplate() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".delivery..")
        .should()
        .dependOnClassesThat(
            oursOutside(ROOT + ".delivery", ROOT + ".message", ROOT + ".token", ROOT + ".template"))
        .check(OURS);
  }

  @Test
  void journal_importsOnlyDeliveryAndMessage() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".journal..")
        .should()
        .dependOnClassesThat(oursOutside(ROOT + ".journal", ROOT + ".delivery", ROOT + ".message"))
        .check(OURS);
  }

  @Test
  void sandbox_importsNothingOfOursButPages() {
    noClasses()
        .that()
        .resideInAPackage(SANDBOX + "..")
        .should()
        .dependOnClassesThat(oursOutside(SANDBOX, WEB))
        .check(OURS);
  }

  /** The sandbox and the server share it: so it must depend on nothing, and on no HTTP server. */
  @Test
  void web_importsNothingOfOurs_andNoHttpServer() {
    noClasses()
        .that()
        .resideInAPackage(WEB + "..")
        .should()
        .dependOnClassesThat(oursOutside(WEB))
        .orShould()
        .dependOnClassesThat()
        .resideInAnyPackage("io.netty..", "io.grpc..", "com.fasterxml..", "com.sun.net..")
        .check(OURS);
  }

  @Test
  void core_showsNoPages() {
    noClasses()
        .that()
        .resideInAnyPackage(
            ROOT + ".message..",
            ROOT + ".token..",
            ROOT + ".template..",
            ROOT + ".delivery..",
            ROOT + ".journal..")
        .should()
        .dependOnClassesThat()
        .resideInAnyPackage(WEB + "..", "gg.jte..")
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
        .resideInAnyPackage(
            ROOT + ".message..",
            ROOT + ".token..",
            ROOT + ".template..",
            ROOT + ".delivery..",
            ROOT + ".journal..")
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
        .resideInAnyPackage(
            ROOT + ".message..",
            ROOT + ".token..",
            ROOT + ".template..",
            ROOT + ".delivery..",
            ROOT + ".journal..")
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
            "java.net.http..",
            "java.sql..",
            "javax.sql..")
        .check(OURS);
  }

  /** The configuration knows the settings of an edge, which the wiring passes on. */
  @ParameterizedTest
  @ValueSource(
      strings = {
        ROOT + ".grpc",
        ROOT + ".wechat",
        ROOT + ".push",
        ROOT + ".redis",
        ROOT + ".logging"
      })
  void edgeWithSettings_isImportedByTheRootAndTheConfigurationOnly(String edge) {
    assertImportedOnlyBy(edge, ROOT, ROOT + ".config");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        ROOT + ".metrics",
        ROOT + ".tracing",
        ROOT + ".jdbc",
        ROOT + ".pages",
        CLI,
        SANDBOX
      })
  void edge_isImportedByTheRootOnly(String edge) {
    assertImportedOnlyBy(edge, ROOT);
  }

  @Test
  void configuration_isImportedByTheRootOnly() {
    assertImportedOnlyBy(ROOT + ".config", ROOT);
  }

  private static void assertImportedOnlyBy(String name, String... importers) {
    noClasses()
        .that()
        .resideOutsideOfPackages(importers)
        .and()
        .resideOutsideOfPackage(name + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(name + "..")
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
                return Stream.of(ROOT, FILES, "java.", "org.slf4j", "org.yaml", "org.jspecify")
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

  /** The thread that ends an exchange runs what its caller has waiting for it: holding no lock. */
  @Test
  void wechat_hasNoLocksAndNoSynchronizedMethods() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".wechat..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage("java.util.concurrent.locks..")
        .check(OURS);
    noMethods()
        .that()
        .areDeclaredInClassesThat()
        .resideInAPackage(ROOT + ".wechat..")
        .should()
        .haveModifier(JavaModifier.SYNCHRONIZED)
        .check(OURS);
  }

  /** Blocks are in the code of a method, where the rules above do not look. */
  @Test
  void wechat_hasNoSynchronizedBlocks() throws IOException {
    assertThat(synchronizedSources("wechat")).isEmpty();
    assertThat(synchronizedSources("grpc")).as("others have some").contains("grpc/RateLimit.java");
  }

  /** The look-ups of the JDK block the thread that asks. */
  @Test
  void eventLoops_lookUpNamesByTheirOwnResolverOnly() {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + ".wechat..", ROOT + ".netty..", ROOT + ".grpc..")
        .should()
        .dependOnClassesThat()
        .belongToAnyOf(DefaultAddressResolverGroup.class, DefaultNameResolver.class)
        .orShould()
        .callMethod(InetAddress.class, "getByName", String.class)
        .orShould()
        .callMethod(InetAddress.class, "getAllByName", String.class)
        .orShould()
        .callConstructor(InetSocketAddress.class, String.class, int.class)
        .check(OURS);
  }

  /** To refuse a message is daily business, and must not cost a walk through the stack. */
  @Test
  void exceptions_ofMessagesAndCalls_buildNoStackTrace() throws Exception {
    List<Throwable> all = new ArrayList<>();
    for (JavaClass each : OURS) {
      if (each.isAssignableTo(Throwable.class) && !ELSEWHERE.test(each)) {
        all.add(make(each.reflect()));
      }
    }

    assertThat(all)
        .extracting(made -> made.getClass().getSimpleName())
        .contains("InvalidMessageException", "RedisUnavailableException", "WithoutTrace");
    assertThat(all).allSatisfy(made -> assertThat(made.getStackTrace()).isEmpty());
  }

  /** Those of gRPC itself have a stack trace. */
  @Test
  void grpc_answersWithItsOwnExceptionsOnly() {
    noClasses()
        .that()
        .resideInAPackage(ROOT + ".grpc..")
        .and()
        .areNotAssignableTo(StatusRuntimeException.class)
        .should()
        .callMethod(Status.class, "asRuntimeException")
        .orShould()
        .callMethod(Status.class, "asRuntimeException", Metadata.class)
        .orShould()
        .callMethod(Status.class, "asException")
        .orShould()
        .callMethod(Status.class, "asException", Metadata.class)
        .orShould()
        .callConstructor(StatusRuntimeException.class, Status.class)
        .orShould()
        .callConstructor(StatusRuntimeException.class, Status.class, Metadata.class)
        .check(OURS);
  }

  private static Throwable make(Class<?> type) throws ReflectiveOperationException {
    Constructor<?> constructor = type.getDeclaredConstructors()[0];
    constructor.setAccessible(true);
    Object[] arguments = Stream.of(constructor.getParameterTypes()).map(ARGUMENTS::get).toArray();
    return (Throwable) constructor.newInstance(arguments);
  }

  private static List<String> synchronizedSources(String edge) throws IOException {
    List<String> found = new ArrayList<>();
    try (Stream<Path> files = Files.walk(SOURCES.resolve(edge))) {
      for (Path each : files.filter(file -> file.toString().endsWith(".java")).toList()) {
        String code = COMMENT.matcher(Files.readString(each)).replaceAll("");
        if (SYNCHRONIZED.matcher(code).find()) {
          found.add(SOURCES.relativize(each).toString());
        }
      }
    }
    return found;
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
            CLI + "..",
            ROOT + ".wechat..",
            ROOT + ".push..",
            ROOT + ".redis..",
            ROOT + ".jdbc..",
            ROOT + ".metrics..",
            ROOT + ".pages..",
            ROOT + ".tracing..")
        .and()
        .areTopLevelClasses()
        .and()
        .haveModifier(JavaModifier.PUBLIC)
        .should(beUsedByTheRootOrTheConfiguration())
        .check(OURS);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {"server", "cli", "sandbox", "files", "web", "client-stub", "testing", "benchmark"})
  void classesAbove300Lines_sayWhy(String module) throws IOException {
    try (Stream<Path> files = Files.walk(Path.of("..", module, "src", "main", "java"))) {
      List<Path> silent = new ArrayList<>();
      for (Path file : files.filter(file -> file.toString().endsWith(".java")).toList()) {
        String text = Files.readString(file);
        if (text.lines().count() > 300 && !text.contains("It is long because")) {
          silent.add(file);
        }
      }
      assertThat(silent).isEmpty();
    }
  }

  private static ArchCondition<JavaClass> beUsedByTheRootOrTheConfiguration() {
    return new ArchCondition<>("be used by the root or the configuration") {
      @Override
      public void check(JavaClass item, ConditionEvents events) {
        boolean used =
            item.getPackage().getClasses().stream() // One is public for what is nested in it too.
                .filter(each -> isIn(each, item))
                .flatMap(each -> each.getDirectDependenciesToSelf().stream())
                .map(d -> d.getOriginClass().getPackageName())
                .filter(user -> !user.equals(item.getPackageName()))
                .anyMatch(user -> user.equals(ROOT) || user.equals(ROOT + ".config"));
        events.add(
            new SimpleConditionEvent(
                item, used, item.getName() + " is public and neither of them uses it"));
      }
    };
  }

  private static boolean isIn(JavaClass item, JavaClass outer) {
    return item.equals(outer) || item.getName().startsWith(outer.getName() + "$");
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
