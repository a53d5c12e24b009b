package io.bumba.coordinator;

import com.codahale.metrics.CachedGauge;
import com.codahale.metrics.Gauge;
import com.codahale.metrics.Metric;
import com.codahale.metrics.MetricSet;
import io.bumba.territory.TerritoriesView;
import io.bumba.territory.TerritoryState;
import io.bumba.territory.TerritoryType;
import java.util.HashMap;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * How many territories of each type and state there are, how many requests wait, and the ledger's version. All numbers of one
 * scrape come from one picture, which is read when somebody scrapes; without a picture a gauge fails, and says why.
 */
final class TerritoryGauges implements MetricSet {
    private static final Logger LOG = LoggerFactory.getLogger(TerritoryGauges.class);

    /** Longer than a picture is waited for, so one scrape waits once. */
    private static final long MAX_AGE_SECONDS = 5;

    private final Gauge<Optional<TerritoriesView>> view;

    TerritoryGauges(Refreshed<Picture> pictures) {
        this.view = new CachedGauge<>(MAX_AGE_SECONDS, TimeUnit.SECONDS) {
            @Override
            protected Optional<TerritoriesView> loadValue() {
                try {
                    return Optional.of(pictures.get().value().territories().orElseThrow());
                } catch (Refreshed.NothingYet | Picture.Unreadable e) {
                    LOG.debug("no territories to count", e);
                    return Optional.empty();
                }
            }
        };
    }

    @Override
    public Map<String, Metric> getMetrics() {
        Map<String, Metric> gauges = new HashMap<>();
        for (TerritoryType type : TerritoryType.values()) {
            for (TerritoryState state : TerritoryState.values()) {
                String name = (type + "." + state).toLowerCase(Locale.ROOT);
                gauges.put(name, gauge(now -> count(now, type, state)));
            }
        }
        gauges.put("waiting", gauge(now -> (long) now.waiting().size()));
        gauges.put("ledger-version", gauge(now -> (long) now.ledgerVersion()));
        return gauges;
    }

    private Gauge<Long> gauge(Function<TerritoriesView, Long> count) {
        return () -> count.apply(
                view.getValue().orElseThrow(() -> new IllegalStateException("the territories cannot be read now")));
    }

    private static long count(TerritoriesView view, TerritoryType type, TerritoryState state) {
        return view.territories().stream()
                .filter(territory -> territory.type() == type && territory.state() == state)
                .count();
    }
}
