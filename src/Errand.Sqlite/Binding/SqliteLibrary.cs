using System.Reflection;
using System.Runtime.InteropServices;

namespace Errand.Sqlite;

/// <summary>Finds the SQLite of the operating system, which the system's updates keep patched.</summary>
internal static class SqliteLibrary
{
    // RETURNING came with 3.35.
    private const int OldestVersion = 3_035_000;
    private static readonly string[] Names = ["libsqlite3.so.0", "libsqlite3.so", "libsqlite3.dylib", "winsqlite3.dll", "sqlite3.dll"];
    private static readonly Lazy<string> Loaded = new(Load);

    /// <summary>The version of the library, or why there is none.</summary>
    public static string Version => Loaded.Value;

    internal static nint Find(IEnumerable<string> names)
    {
        foreach (string name in names)
            if (NativeLibrary.TryLoad(name, out nint handle)) return handle;
        throw new StoreUnavailableException(
            $"SQLite is not installed on this system (looked for {string.Join(", ", names)}). Install it: 'apt install libsqlite3-0' on Debian and " +
            "Ubuntu, 'dnf install sqlite-libs' on Fedora, 'apk add sqlite-libs' on Alpine; Windows 11 and macOS have it.");
    }

    internal static string Check(int number)
    {
        string version = $"{number / 1_000_000}.{number / 1000 % 1000}.{number % 1000}";
        return number >= OldestVersion ? version : throw new StoreUnavailableException(
            $"The SQLite of this system is version {version}; Errand needs 3.35 or newer. Update the operating system's SQLite library.");
    }

    private static string Load()
    {
        nint handle = Find(Names);
        NativeLibrary.SetDllImportResolver(Assembly.GetExecutingAssembly(), (name, _, _) => name == NativeSqlite.Library ? handle : 0);
        return Check(NativeSqlite.VersionNumber());
    }
}
