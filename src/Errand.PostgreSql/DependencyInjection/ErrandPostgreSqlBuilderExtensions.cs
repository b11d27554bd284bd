using Errand;
using Errand.PostgreSql;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps jobs in PostgreSQL.</summary>
public static class ErrandPostgreSqlBuilderExtensions
{
    /// <summary>Keeps jobs in a PostgreSQL database, which any number of processes may share.</summary>
    /// <param name="builder">The host's jobs.</param>
    /// <param name="connectionString">The server, the database and the login: <c>Host=…;Username=…;Password=…;Database=…</c>.</param>
    public static ErrandBuilder UsePostgreSql(this ErrandBuilder builder, string connectionString) =>
        builder.UsePostgreSql(new PostgreSqlStoreOptions { ConnectionString = connectionString });

    /// <summary>Keeps jobs in a PostgreSQL database, which any number of processes may share.</summary>
    /// <param name="builder">The host's jobs.</param>
    /// <param name="options">Where the database is.</param>
    public static ErrandBuilder UsePostgreSql(this ErrandBuilder builder, PostgreSqlStoreOptions options) => builder.UseStore(services =>
        new PostgreSqlJobStore(
            options,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<WorkScheduler>(),
            services.GetService<ILogger<PostgreSqlJobStore>>() ?? NullLogger<PostgreSqlJobStore>.Instance));
}
