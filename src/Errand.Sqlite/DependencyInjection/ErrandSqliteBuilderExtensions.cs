using Errand;
using Errand.Sqlite;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;

namespace Microsoft.Extensions.DependencyInjection;

/// <summary>Keeps Errand's jobs in SQLite.</summary>
public static class ErrandSqliteBuilderExtensions
{
    /// <summary>Keeps jobs in one SQLite file, which several processes may share, and their output in a folder <c>jobs</c> beside it.</summary>
    /// <param name="builder">Errand.</param>
    /// <param name="path">The file; it and its folder are made where they are missing.</param>
    public static ErrandBuilder UseSqlite(this ErrandBuilder builder, string path) => builder.UseSqlite(new SqliteStoreOptions { Path = path });

    /// <summary>Keeps jobs in one SQLite file, which several processes may share, and their output in a folder <c>jobs</c> beside it.</summary>
    /// <param name="builder">Errand.</param>
    /// <param name="options">Where the file is, and how it is shared.</param>
    public static ErrandBuilder UseSqlite(this ErrandBuilder builder, SqliteStoreOptions options)
    {
        string folder = Path.GetDirectoryName(Path.GetFullPath(options.Path))!;
        return builder.UseOutputFolder(Path.Combine(folder, "jobs")).UseStore(services => new SqliteJobStore(
            options,
            services.GetRequiredService<TimeProvider>(),
            services.GetRequiredService<WorkScheduler>(),
            services.GetService<ILogger<SqliteJobStore>>() ?? NullLogger<SqliteJobStore>.Instance));
    }
}
