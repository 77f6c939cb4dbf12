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
import java.io.IOException;
import java.lang.reflect.Constructor;
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
  private static final Path SOURCES = Path.of("src/main/java/dev/wxnotify/server");
  private static final Pattern COMMENT = Pattern.compile("(?s)/\\*.*?\\*/|//[^\n]*");
  private static final Pattern SYNCHRONIZED = Pattern.compile("\\bsynchronized\\b");

  /** Exceptions of commands, of the sandbox, and of files that are read at the start. */
  private static final DescribedPredicate<JavaClass> ELSEWHERE =
      resideInAnyPackage(ROOT, ROOT + ".cli", ROOT + ".sandbox", ROOT + ".files")
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
            ROOT + ".token",
            ROOT + ".delivery",
            ROOT + ".grpc",
            ROOT + ".wechat",
            ROOT + ".redis",
            ROOT + ".metrics",
            ROOT + ".tracing",
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
            "io.smallrye..",
            "picocli..",
            "java.net.http..")
        .check(OURS);
  }

  @ParameterizedTest
  @ValueSource(strings = {"grpc", "wechat", "redis", "metrics", "tracing", "cli", "sandbox"})
  void edge_isImportedByTheRootOnly(String edge) {
    noClasses()
        .that()
        .resideInAnyPackage(ROOT + "..")
        .and()
        .resideOutsideOfPackages(ROOT, ROOT + "." + edge + "..")
        .should()
        .dependOnClassesThat()
        .resideInAPackage(ROOT + "." + edge + "..")
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
   * what it wires.
   */
  @Test
  void edges_arePublicOnlyWhereTheRootUsesThem() {
    classes()
        .that()
        .resideInAnyPackage(
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
