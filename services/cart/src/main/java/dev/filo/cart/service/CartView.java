package dev.filo.cart.service;

import dev.filo.cart.domain.Cart;
import dev.filo.cart.domain.Goods;
import dev.filo.cart.domain.Voucher;
import java.util.Map;
import java.util.Optional;

/**
 * A cart with what is true of its lines now.
 *
 * @param goods by SKU, in the language asked for; empty when the catalog could not be asked
 * @param stock empty when inventory could not be asked
 * @param voucher the one on the cart; empty when there is none, or it is not known any more
 */
public record CartView(
    Cart cart,
    Optional<Map<String, Goods>> goods,
    Optional<Stock.Levels> stock,
    Optional<Voucher> voucher) {}
