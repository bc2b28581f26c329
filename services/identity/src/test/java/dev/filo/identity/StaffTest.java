package dev.filo.identity;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.google.protobuf.FieldMask;
import com.mongodb.client.model.Filters;
import com.mongodb.client.model.Updates;
import dev.filo.identity.RunningIdentity.Answer;
import dev.filo.identity.service.Staff;
import dev.filo.platform.code.Ids;
import dev.filo.proto.identity.v1.AuditEntry;
import dev.filo.proto.identity.v1.CreateDeviceRequest;
import dev.filo.proto.identity.v1.CreateStaffMemberRequest;
import dev.filo.proto.identity.v1.Device;
import dev.filo.proto.identity.v1.DeviceSecret;
import dev.filo.proto.identity.v1.ErrorReason;
import dev.filo.proto.identity.v1.GetCustomerRequest;
import dev.filo.proto.identity.v1.ListAuditEntriesRequest;
import dev.filo.proto.identity.v1.ListDevicesRequest;
import dev.filo.proto.identity.v1.ListStaffMembersRequest;
import dev.filo.proto.identity.v1.RotateDeviceSecretRequest;
import dev.filo.proto.identity.v1.StaffMember;
import dev.filo.proto.identity.v1.StaffRole;
import dev.filo.proto.identity.v1.StaffServiceGrpc;
import dev.filo.proto.identity.v1.UpdateDeviceRequest;
import dev.filo.proto.identity.v1.UpdateStaffMemberRequest;
import dev.filo.proto.identity.v1.VerifyAuditLogRequest;
import dev.filo.testkit.StoreTest;
import dev.filo.testkit.TestMongo;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.function.Predicate;
import org.bson.Document;
import org.junit.jupiter.api.Test;
import reactor.core.publisher.Mono;

/** Administration of people and machines. */
@StoreTest
class StaffTest {
  private static final Predicate<Throwable> TOKEN_INVALID =
      SignInTest.refusedWith(dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_TOKEN_INVALID);
  private static final Predicate<Throwable> FIELDS_INVALID =
      SignInTest.refusedWith(dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_FIELDS_INVALID);
  private static final Predicate<Throwable> NOT_FOUND =
      SignInTest.refusedWith(dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_RESOURCE_NOT_FOUND);
  private static final String STORE = "stores/milano-buenos-aires";

  private final RunningIdentity identity;

  StaffTest(TestMongo.Engine engine) {
    identity = RunningIdentity.on(engine);
  }

  @Test
  void person_isAddedSignsInAndIsInTheLog() throws Exception {
    var manager = manager();
    var email = newEmail();
    var added = manager.createStaffMember(create(email, StaffRole.STAFF_ROLE_AGENT));
    assertThat(added.getName()).isEqualTo("staff/" + email);
    assertThat(added.getActive()).isTrue();
    var agent = identity.signIn(email, "");
    assertThat(agent.subject()).isEqualTo(added.getName());
    assertThat(agent.claims().getStringListClaim("roles")).containsExactly("agent");
    var entry = log(added.getName()).getFirst();
    assertThat(entry.getActor()).isEqualTo("staff/manager@filo.example");
    assertThat(entry.getAction()).isEqualTo("staff.create");
    assertThat(entry.getChangesMap())
        .containsEntry("role", "agent")
        .containsEntry("active", "true");
    var verdict = manager.verifyAuditLog(VerifyAuditLogRequest.getDefaultInstance());
    assertThat(verdict.getFaultsList()).isEmpty();
    assertThat(verdict.getEntryCount()).isPositive();
  }

  @Test
  void log_isReadFromEitherEnd_pageByPage() throws Exception {
    var manager = manager();
    for (int i = 0; i < 3; i++) {
      manager.createStaffMember(create(newEmail(), StaffRole.STAFF_ROLE_AGENT));
    }
    var oldest = ListAuditEntriesRequest.newBuilder().setPageSize(2).build();
    var newest = oldest.toBuilder().setOrderBy("sequence desc").build();
    var first = sequences(manager, oldest);
    var back = sequences(manager, newest);
    assertThat(first).isSorted().hasSizeGreaterThanOrEqualTo(3).doesNotHaveDuplicates();
    assertThat(back).isEqualTo(first.reversed());
  }

  private static List<Long> sequences(
      StaffServiceGrpc.StaffServiceBlockingV2Stub manager, ListAuditEntriesRequest request)
      throws Exception {
    var all = new ArrayList<Long>();
    var token = "";
    do {
      var page = manager.listAuditEntries(request.toBuilder().setPageToken(token).build());
      page.getAuditEntriesList().forEach(entry -> all.add(entry.getSequence()));
      token = page.getNextPageToken();
    } while (!token.isEmpty());
    return all;
  }

  @Test
  void person_withATakenEmail_isRefused() throws Exception {
    var email = newEmail();
    manager().createStaffMember(create(email, StaffRole.STAFF_ROLE_AGENT));
    assertThatThrownBy(
            () ->
                manager()
                    .createStaffMember(
                        create(
                            email.toUpperCase(java.util.Locale.ROOT), StaffRole.STAFF_ROLE_AGENT)))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_STAFF_MEMBER_EXISTS));
    assertThat(log("staff/" + email)).hasSize(1);
  }

  @Test
  void request_repeated_changesNothing() throws Exception {
    var request =
        create(newEmail(), StaffRole.STAFF_ROLE_AGENT).toBuilder()
            .setRequestId(Ids.random())
            .build();
    var first = manager().createStaffMember(request);
    assertThat(manager().createStaffMember(request)).isEqualTo(first);
    assertThat(log(first.getName())).hasSize(1);
    assertThatThrownBy(
            () ->
                manager()
                    .createStaffMember(
                        request.toBuilder()
                            .setStaffMember(
                                request.getStaffMember().toBuilder().setDisplayName("X"))
                            .build()))
        .matches(
            SignInTest.refusedWith(
                dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_REQUEST_ID_REUSED));
  }

  @Test
  void stores_goWithStoreStaffOnly() throws Exception {
    assertThatThrownBy(
            () -> manager().createStaffMember(create(newEmail(), StaffRole.STAFF_ROLE_STORE_STAFF)))
        .matches(FIELDS_INVALID);
    assertThatThrownBy(
            () ->
                manager().createStaffMember(create(newEmail(), StaffRole.STAFF_ROLE_AGENT, STORE)))
        .matches(FIELDS_INVALID);
    var email = newEmail();
    manager().createStaffMember(create(email, StaffRole.STAFF_ROLE_STORE_STAFF, STORE));
    assertThat(identity.signIn(email, "").claims().getStringListClaim("stores"))
        .containsExactly(STORE);
  }

  @Test
  void person_whoseRoleChanges_isSignedOutAndComesBackWithTheNewOne() throws Exception {
    var email = newEmail();
    manager().createStaffMember(create(email, StaffRole.STAFF_ROLE_AGENT));
    var agent = identity.signIn(email, "");
    var changed =
        manager()
            .updateStaffMember(
                update(
                    StaffMember.newBuilder()
                        .setName("staff/" + email)
                        .setRole(StaffRole.STAFF_ROLE_STORE_STAFF)
                        .addStores(STORE),
                    "role",
                    "stores"));
    assertThat(changed.getRole()).isEqualTo(StaffRole.STAFF_ROLE_STORE_STAFF);
    assertRefusedSoon(agent);
    assertThat(refresh(agent).refusal()).startsWith("400 invalid_grant");
    assertThat(identity.signIn(email, "").claims().getStringListClaim("roles"))
        .containsExactly("store_staff");
    var entry = log("staff/" + email).getLast();
    assertThat(entry.getAction()).isEqualTo("staff.update");
    assertThat(entry.getChangesMap())
        .containsOnlyKeys("role", "stores")
        .containsEntry("role", "store_staff");
  }

  @Test
  void person_whoseNameChanges_staysSignedIn() throws Exception {
    var email = newEmail();
    manager().createStaffMember(create(email, StaffRole.STAFF_ROLE_AGENT));
    var agent = identity.signIn(email, "");
    manager()
        .updateStaffMember(
            update(
                StaffMember.newBuilder().setName("staff/" + email).setDisplayName("Bea"),
                "display_name"));
    assertThat(refresh(agent).claims().getStringClaim("name")).isEqualTo("Bea");
  }

  @Test
  void person_whoIsDeactivated_isOutAtOnceAndAShopperAtMost() throws Exception {
    var email = newEmail();
    manager().createStaffMember(create(email, StaffRole.STAFF_ROLE_AGENT));
    var agent = identity.signIn(email, "");
    manager().updateStaffMember(active(email, false));
    assertRefusedSoon(agent);
    assertThat(refresh(agent).refusal()).startsWith("400 invalid_grant");
    assertThat(identity.signIn(email, "").claims().getStringListClaim("roles"))
        .containsExactly("customer");
    manager().updateStaffMember(active(email, true));
    assertThat(identity.signIn(email, "").claims().getStringListClaim("roles"))
        .containsExactly("agent");
    assertThat(log("staff/" + email)).hasSize(3);
  }

  @Test
  void lastManager_staysOne() throws Exception {
    assertThatThrownBy(() -> manager().updateStaffMember(active("manager@filo.example", false)))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_LAST_MANAGER));
    assertThatThrownBy(
            () ->
                manager()
                    .updateStaffMember(
                        update(
                            StaffMember.newBuilder()
                                .setName("staff/manager@filo.example")
                                .setRole(StaffRole.STAFF_ROLE_AGENT),
                            "role")))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_LAST_MANAGER));
  }

  @Test
  void update_thatIsStaleEmptyOrOfNobody_isRefused() throws Exception {
    var email = newEmail();
    var seen = manager().createStaffMember(create(email, StaffRole.STAFF_ROLE_AGENT));
    manager().updateStaffMember(active(email, false));
    assertThatThrownBy(
            () ->
                manager()
                    .updateStaffMember(
                        update(seen.toBuilder().setDisplayName("C"), "display_name")))
        .matches(SignInTest.refusedWith(dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_ETAG_STALE));
    assertThatThrownBy(() -> manager().updateStaffMember(update(seen.toBuilder().clearEtag())))
        .matches(FIELDS_INVALID);
    assertThatThrownBy(
            () -> manager().updateStaffMember(update(seen.toBuilder().clearEtag(), "name")))
        .matches(FIELDS_INVALID);
    assertThatThrownBy(() -> manager().updateStaffMember(active(newEmail(), false)))
        .matches(NOT_FOUND);
  }

  @Test
  void till_isRegisteredAndItsSecretShownOnce() throws Exception {
    var id = newTill();
    var request =
        CreateDeviceRequest.newBuilder()
            .setDevice(Device.newBuilder().setName("devices/" + id).setStore(STORE))
            .setRequestId(Ids.random())
            .build();
    var made = manager().createDevice(request);
    assertThat(made.getSecret()).hasSize(40);
    var again = manager().createDevice(request);
    assertThat(again.getDevice()).isEqualTo(made.getDevice());
    assertThat(again.getSecret()).isEmpty();
    assertThat(machine(id, made).subject()).isEqualTo("devices/" + id);
    assertThat(
            kept("devices", id).toJson() + kept("audit_log", "devices/" + id, "subject").toJson())
        .doesNotContain(made.getSecret());
    assertThatThrownBy(() -> manager().createDevice(request.toBuilder().clearRequestId().build()))
        .matches(SignInTest.refusedWith(ErrorReason.ERROR_REASON_DEVICE_EXISTS));
  }

  @Test
  void tillsSecret_rotated_endsTheOldOneAndItsTokens() throws Exception {
    var id = newTill();
    var first = register(id);
    var before = machine(id, first);
    var second =
        manager()
            .rotateDeviceSecret(
                RotateDeviceSecretRequest.newBuilder().setName("devices/" + id).build());
    assertThat(second.getSecret()).isNotEmpty().isNotEqualTo(first.getSecret());
    assertThat(machine(id, first).refusal()).isEqualTo("401 invalid_client");
    assertRefusedSoon(before);
    assertAccepted(machine(id, second));
    assertThat(log("devices/" + id))
        .extracting(AuditEntry::getAction)
        .containsExactly("device.create", "device.rotateSecret");
  }

  @Test
  void till_deactivatedAndBack_getsInAgainOnlyThen() throws Exception {
    var id = newTill();
    var made = register(id);
    var before = machine(id, made);
    manager().updateDevice(activeDevice(id, false));
    assertThat(machine(id, made).refusal()).isEqualTo("401 invalid_client");
    assertRefusedSoon(before);
    manager().updateDevice(activeDevice(id, true));
    assertAccepted(machine(id, made));
  }

  @Test
  void lists_areInPages() throws Exception {
    for (int i = 0; i < 3; i++) {
      manager().createStaffMember(create(newEmail(), StaffRole.STAFF_ROLE_AGENT));
      register(newTill());
    }
    var people =
        manager().listStaffMembers(ListStaffMembersRequest.newBuilder().setPageSize(2).build());
    assertThat(people.getStaffMembersCount()).isEqualTo(2);
    var more =
        manager()
            .listStaffMembers(
                ListStaffMembersRequest.newBuilder()
                    .setPageSize(2)
                    .setPageToken(people.getNextPageToken())
                    .build());
    assertThat(more.getStaffMembers(0).getName())
        .isGreaterThan(people.getStaffMembers(1).getName());
    var devices = manager().listDevices(ListDevicesRequest.newBuilder().setPageSize(2).build());
    assertThat(devices.getDevicesCount()).isEqualTo(2);
    assertThat(devices.getNextPageToken()).isNotEmpty();
  }

  /** What is left when a process dies between the change and the log. */
  @Test
  void act_leftHalfDone_isSettled() throws Exception {
    var email = newEmail();
    manager().createStaffMember(create(email, StaffRole.STAFF_ROLE_AGENT));
    var agent = identity.signIn(email, "");
    var act = "left-" + Ids.random();
    Mono.from(
            identity
                .database()
                .getCollection("staff")
                .updateOne(
                    Filters.eq("_id", email),
                    Updates.push(
                        "audit",
                        new Document("id", act)
                            .append("time", java.util.Date.from(identity.clock().instant()))
                            .append("actor", "staff/manager@filo.example")
                            .append("action", "staff.update")
                            .append("subject", "staff/" + email)
                            .append("changes", new Document("active", "false"))
                            .append("signOut", true))))
        .block();
    identity.clock().advance(Duration.ofSeconds(6));
    identity.bean(Staff.class).settleAll().block();
    assertThat(log("staff/" + email)).hasSize(2);
    assertThat(kept("staff", email).getList("audit", Document.class)).isEmpty();
    assertThat(refresh(agent).refusal()).startsWith("400 invalid_grant");
  }

  @Test
  void firstManager_isLetInWhenNobodyManages() throws Exception {
    var staff = identity.bean(Staff.class);
    var email = newEmail();
    staff.firstManager(email).block();
    assertThat(
            Mono.from(identity.database().getCollection("staff").find(Filters.eq("_id", email)))
                .block())
        .isNull();
    var managers = Filters.eq("role", "manager");
    Mono.from(
            identity
                .database()
                .getCollection("staff")
                .updateMany(managers, Updates.set("active", false)))
        .block();
    try {
      staff.firstManager(email).block();
      assertThat(identity.signIn(email, "").claims().getStringListClaim("roles"))
          .containsExactly("manager");
      assertThat(kept("audit_log", "staff/" + email, "subject").getString("actor"))
          .isEqualTo("services/identity");
    } finally {
      Mono.from(
              identity
                  .database()
                  .getCollection("staff")
                  .updateMany(managers, Updates.set("active", true)))
          .block();
      Mono.from(identity.database().getCollection("staff").deleteOne(Filters.eq("_id", email)))
          .block();
    }
  }

  private StaffServiceGrpc.StaffServiceBlockingV2Stub manager() throws Exception {
    identity.clock().advance(Duration.ofMinutes(1)); // codes to one address are limited
    return identity.staff(identity.signIn("manager@filo.example", "").access());
  }

  private static String newEmail() {
    return "staff-" + Ids.random() + "@filo.example";
  }

  private static String newTill() {
    return "till-" + Ids.random();
  }

  private static CreateStaffMemberRequest create(String email, StaffRole role, String... stores) {
    return CreateStaffMemberRequest.newBuilder()
        .setStaffMember(
            StaffMember.newBuilder()
                .setName("staff/" + email)
                .setDisplayName("Ada")
                .setRole(role)
                .addAllStores(List.of(stores)))
        .build();
  }

  private static UpdateStaffMemberRequest update(StaffMember.Builder person, String... mask) {
    return UpdateStaffMemberRequest.newBuilder()
        .setStaffMember(person)
        .setUpdateMask(FieldMask.newBuilder().addAllPaths(List.of(mask)))
        .build();
  }

  private static UpdateStaffMemberRequest active(String email, boolean active) {
    return update(StaffMember.newBuilder().setName("staff/" + email).setActive(active), "active");
  }

  private static UpdateDeviceRequest activeDevice(String id, boolean active) {
    return UpdateDeviceRequest.newBuilder()
        .setDevice(Device.newBuilder().setName("devices/" + id).setActive(active))
        .setUpdateMask(FieldMask.newBuilder().addPaths("active"))
        .build();
  }

  private DeviceSecret register(String id) throws Exception {
    return manager()
        .createDevice(
            CreateDeviceRequest.newBuilder()
                .setDevice(Device.newBuilder().setName("devices/" + id).setStore(STORE))
                .build());
  }

  private Answer machine(String id, DeviceSecret secret) {
    return identity.machineToken(id, secret.getSecret());
  }

  private List<AuditEntry> log(String subject) throws Exception {
    return identity.log(subject);
  }

  private Document kept(String collection, String id) {
    return kept(collection, id, "_id");
  }

  private Document kept(String collection, String value, String field) {
    var document =
        Mono.from(
                identity
                    .database()
                    .getCollection(collection)
                    .find(Filters.eq(field, value))
                    .first())
            .block();
    assertThat(document).isNotNull();
    return document;
  }

  private void assertRefusedSoon(Answer who) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThatThrownBy(() -> ask(who)).matches(TOKEN_INVALID));
  }

  /** Its role may not ask, but its token is taken. */
  private void assertAccepted(Answer who) {
    assertThatThrownBy(() -> ask(who))
        .matches(
            SignInTest.refusedWith(
                dev.filo.proto.api.v1.ErrorReason.ERROR_REASON_ROLE_NOT_ALLOWED));
  }

  private Object ask(Answer who) throws Exception {
    return identity
        .calls(who.access())
        .getCustomer(GetCustomerRequest.newBuilder().setName("customers/nobody").build());
  }

  private Answer refresh(Answer who) {
    return identity.token(
        "grant_type", "refresh_token", "client_id", "shop-web", "refresh_token", who.refresh());
  }
}
