using System.Diagnostics;

namespace Errand.Chaos.Tests.Processes;

/// <summary>A disk of a few megabytes in memory, which can be full or read-only; only root may have one.</summary>
internal sealed class SmallDisk : IDisposable
{
    private SmallDisk(string path) => Path = path;

    public string Path { get; }

    private string Ballast => System.IO.Path.Combine(Path, "ballast");

    public static SmallDisk? TryMount(string folder, int megabytes)
    {
        string path = Directory.CreateDirectory(System.IO.Path.Combine(folder, "disk")).FullName;
        if (Ran("mount", "-t", "tmpfs", "-o", $"size={megabytes}m", "tmpfs", path)) return new(path);
        TestContext.Current.TestOutputHelper?.WriteLine("Not shown here: only root may mount a small disk.");
        return null;
    }

    /// <summary>Leaves no free byte.</summary>
    public void Fill()
    {
        using var file = new FileStream(Ballast, FileMode.Append, FileAccess.Write, FileShare.None, bufferSize: 0);
        byte[] page = new byte[4096];
        try
        {
            while (true) file.Write(page);
        }
        catch (IOException)
        {
            // Full, as it was meant to be.
        }
    }

    public void Empty() => File.Delete(Ballast);

    public void SetReadOnly(bool isReadOnly) => Assert.True(Ran("mount", "-o", isReadOnly ? "remount,ro" : "remount,rw", Path));

    public void Dispose() => Ran("umount", "-l", Path);

    private static bool Ran(string program, params string[] arguments)
    {
        using var process = Process.Start(new ProcessStartInfo(program, arguments) { RedirectStandardError = true })!;
        process.StandardError.ReadToEnd();
        process.WaitForExit();
        return process.ExitCode == 0;
    }
}
