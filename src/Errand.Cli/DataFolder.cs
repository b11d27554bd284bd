using System.Security.Cryptography;
using System.Text.Json;

namespace Errand.Cli;

/// <summary>The folder that holds a server's jobs, its token and its address. Nobody but its owner may look into it.</summary>
internal sealed class DataFolder(string path)
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const int TokenBytes = 32;

    public string FullPath => path;

    public string Database => Path.Combine(path, "errand.db");

    public string Jobs => Path.Combine(path, "jobs");

    /// <summary>What a server in the background says.</summary>
    public string Log => Path.Combine(path, "server.log");

    private string TokenFile => Path.Combine(path, "token");

    private string AddressFile => Path.Combine(path, "server.json");

    public static DataFolder Find(string? asked)
    {
        string? chosen = asked ?? Environment.GetEnvironmentVariable("ERRAND_DATA");
        if (string.IsNullOrEmpty(chosen))
            chosen = Path.Combine(Environment.GetFolderPath(Environment.SpecialFolder.UserProfile), ".local", "state", "errand");
        return new(Path.GetFullPath(chosen));
    }

    public void Create()
    {
        try
        {
            if (OperatingSystem.IsWindows()) Directory.CreateDirectory(path);
            else Directory.CreateDirectory(path, OwnerOnly | UnixFileMode.UserExecute);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            throw new CliException(ExitCodes.Refused, $"The data folder {path} cannot be made: {e.Message} Choose another with --data.");
        }
    }

    /// <summary>Makes this process the one server of the folder, until it ends, however it ends.</summary>
    public FileStream Lock()
    {
        try { return new FileStream(Path.Combine(path, "server.lock"), Options(FileMode.OpenOrCreate)); }
        catch (IOException)
        {
            string who = ReadAddress() is { } address ? $" at {address.Url} (process {address.Pid})" : "";
            throw new CliException(ExitCodes.Refused, $"A server already serves {path}{who}. Use it, or end it with 'errand down'.");
        }
    }

    /// <summary>The token, which is made once.</summary>
    public string EnsureToken()
    {
        if (ReadToken() is { } token) return token;
        token = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(TokenBytes));
        WriteWhole(TokenFile, System.Text.Encoding.ASCII.GetBytes(token + "\n"));
        return token;
    }

    public string? ReadToken() => File.Exists(TokenFile) ? File.ReadAllText(TokenFile).Trim() : null;

    public void WriteAddress(ServerAddress address) =>
        WriteWhole(AddressFile, JsonSerializer.SerializeToUtf8Bytes(address, CliJson.Default.ServerAddress));

    public void DeleteAddress() => File.Delete(AddressFile);

    public ServerAddress? ReadAddress()
    {
        try { return JsonSerializer.Deserialize(File.ReadAllBytes(AddressFile), CliJson.Default.ServerAddress); }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException or JsonException) { return null; }
    }

    // Nobody ever sees half of a file.
    private static void WriteWhole(string file, byte[] bytes)
    {
        string half = file + ".new";
        using (var stream = new FileStream(half, Options(FileMode.Create))) stream.Write(bytes);
        File.Move(half, file, overwrite: true);
    }

    private static FileStreamOptions Options(FileMode mode)
    {
        var options = new FileStreamOptions { Mode = mode, Access = FileAccess.ReadWrite, Share = FileShare.None };
        if (!OperatingSystem.IsWindows()) options.UnixCreateMode = OwnerOnly;
        return options;
    }
}

/// <summary>Where a folder's server is.</summary>
internal sealed record ServerAddress(int Pid, string Url);
