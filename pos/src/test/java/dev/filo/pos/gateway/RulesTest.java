package dev.filo.pos.gateway;

import static org.assertj.core.api.Assertions.assertThat;

import dev.filo.proto.api.v1.MethodRule;
import dev.filo.proto.api.v1.Role;
import dev.filo.proto.api.v1.Rule;
import dev.filo.proto.catalog.v1.CatalogServiceGrpc;
import dev.filo.proto.inventory.v1.InventoryServiceGrpc;
import dev.filo.proto.reservation.v1.ReservationServiceGrpc;
import io.grpc.MethodDescriptor;
import io.grpc.protobuf.ProtoMethodDescriptorSupplier;
import java.util.List;
import org.junit.jupiter.api.Test;

/** What a till calls it may call, by the rules of the API itself; what it must not, it may not. */
class RulesTest {
  private static MethodRule rule(MethodDescriptor<?, ?> method) {
    var schema = (ProtoMethodDescriptorSupplier) method.getSchemaDescriptor();
    assertThat(schema).isNotNull();
    return schema.getMethodDescriptor().getOptions().getExtension(Rule.rule);
  }

  @Test
  void whatATillCalls_isOpenToDevices() {
    for (var method :
        List.of(
            CatalogServiceGrpc.getBatchGetVariantsMethod(),
            CatalogServiceGrpc.getGetStoreMethod(),
            InventoryServiceGrpc.getFindNearbyMethod(),
            InventoryServiceGrpc.getGetStockLevelMethod(),
            InventoryServiceGrpc.getRecordMovementsMethod(),
            ReservationServiceGrpc.getCollectPickupMethod())) {
      assertThat(rule(method).getRolesList())
          .as(method.getFullMethodName())
          .containsAnyOf(Role.ROLE_DEVICE, Role.ROLE_PUBLIC);
    }
    assertThat(rule(ReservationServiceGrpc.getCollectPickupMethod()).getStoreField())
        .as("only in its own store")
        .isEqualTo("store");
  }

  @Test
  void whatIsNotATillsBusiness_isClosedToDevices() {
    for (var method :
        List.of(
            CatalogServiceGrpc.getImportProductsMethod(),
            CatalogServiceGrpc.getImportStoresMethod(),
            InventoryServiceGrpc.getSetSafetyStockMethod(),
            InventoryServiceGrpc.getPlaceHoldMethod(),
            InventoryServiceGrpc.getSellHoldMethod(),
            InventoryServiceGrpc.getReleaseHoldMethod(),
            ReservationServiceGrpc.getCreateReservationMethod(),
            ReservationServiceGrpc.getCancelReservationMethod(),
            ReservationServiceGrpc.getListReservationsMethod())) {
      assertThat(rule(method).getRolesList())
          .as(method.getFullMethodName())
          .doesNotContain(Role.ROLE_DEVICE, Role.ROLE_PUBLIC);
    }
  }
}
