using System.Globalization;
using Microsoft.Win32.SafeHandles;

namespace Errand;

/// <summary>Output files in folders: <c>ROOT/JOB/ATTEMPT/{index,trim,out,err,result}</c>.</summary>
internal sealed class FolderDisk(string root) : OutputDisk
{
    private const string ResultName = "result";
    private const FileShare Everybody = FileShare.ReadWrite | FileShare.Delete;
    private static readonly string[] Names = ["index", "trim", "out", "err"];
    private static readonly FolderCalls Calls = FolderCalls.Current;

    public override bool IsShared => true;

    public override OutputFile? Find(JobId job, int attempt, OutputPart part)
    {
        string path = PathOf(job, attempt, Names[(int)part]);
        if (!File.Exists(path)) return null;
        try
        {
            return new FolderFile(File.OpenHandle(path, FileMode.Open, FileAccess.Read, Everybody), path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return null;
        }
    }

    public override OutputFile Create(JobId job, int attempt, OutputPart part)
    {
        string path = PathOf(job, attempt, Names[(int)part]);
        try
        {
            return new FolderFile(OpenOrCreate(path), path);
        }
        catch (DirectoryNotFoundException)
        {
            CreateFolder(job, attempt);
            return new FolderFile(OpenOrCreate(path), path);
        }
    }

    public override string FolderOf(JobId job, int attempt) =>
        Path.Combine(root, job.ToString(), attempt.ToString(CultureInfo.InvariantCulture));

    // One by one, because a mode is given to the last folder of a path only.
    public override void CreateFolder(JobId job, int attempt)
    {
        Calls.CreateFolder(root);
        Calls.CreateFolder(FolderOf(job));
        Calls.CreateFolder(FolderOf(job, attempt));
    }

    public override void FlushNames(JobId job, int attempt)
    {
        Calls.FlushFolder(FolderOf(job, attempt));
        Calls.FlushFolder(FolderOf(job));
        Calls.FlushFolder(root);
    }

    public override int LastAttempt(JobId job)
    {
        int last = 0;
        string folder = FolderOf(job);
        if (!Directory.Exists(folder)) return last;
        try
        {
            foreach (string path in Directory.EnumerateDirectories(folder))
            {
                bool isAttempt = int.TryParse(Path.GetFileName(path.AsSpan()), NumberStyles.None, CultureInfo.InvariantCulture, out int attempt);
                if (isAttempt && attempt > last && File.Exists(Path.Combine(path, Names[(int)OutputPart.Index]))) last = attempt;
            }
        }
        catch (DirectoryNotFoundException)
        {
            return 0;
        }
        return last;
    }

    public override IReadOnlyList<JobId> List(JobId after, int limit)
    {
        if (!Directory.Exists(root)) return [];
        var jobs = new List<JobId>();
        foreach (string path in Directory.EnumerateDirectories(root))
            if (JobId.TryParse(Path.GetFileName(path.AsSpan()), out var job) && job > after) jobs.Add(job);
        jobs.Sort();
        return jobs.Count <= limit ? jobs : jobs.GetRange(0, limit);
    }

    public override void WriteResult(JobId job, int attempt, ReadOnlyMemory<byte> result)
    {
        CreateFolder(job, attempt);
        string path = PathOf(job, attempt, ResultName);
        using (var file = File.OpenHandle(path + ".new", FileMode.Create, FileAccess.Write, Everybody))
        {
            RandomAccess.Write(file, result.Span, 0);
            RandomAccess.FlushToDisk(file);
        }
        File.Move(path + ".new", path, overwrite: true);
        FlushNames(job, attempt);
    }

    public override ReadOnlyMemory<byte> ReadResult(JobId job, int attempt)
    {
        string path = PathOf(job, attempt, ResultName);
        if (!File.Exists(path)) return default;
        try
        {
            return File.ReadAllBytes(path);
        }
        catch (Exception e) when (e is FileNotFoundException or DirectoryNotFoundException)
        {
            return default;
        }
    }

    public override void Delete(JobId job)
    {
        try
        {
            Directory.Delete(FolderOf(job), recursive: true);
        }
        catch (DirectoryNotFoundException)
        {
            // Somebody else was faster, or there never was any.
        }
    }

    private static SafeFileHandle OpenOrCreate(string path) => File.OpenHandle(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, Everybody);

    private string FolderOf(JobId job) => Path.Combine(root, job.ToString());

    private string PathOf(JobId job, int attempt, string name) => Path.Combine(FolderOf(job, attempt), name);

    private sealed class FolderFile(SafeFileHandle handle, string path) : OutputFile
    {
        public override long Length => RandomAccess.GetLength(handle);

        public override bool CanPunch => Calls.CanPunch(handle, Length);

        public override int Read(Span<byte> buffer, long offset)
        {
            int done = 0;
            while (done < buffer.Length)
            {
                int read = RandomAccess.Read(handle, buffer[done..], offset + done);
                if (read == 0) break;
                done += read;
            }
            return done;
        }

        public override void Write(ReadOnlySpan<byte> bytes, long offset) => RandomAccess.Write(handle, bytes, offset);

        public override void Append(ReadOnlySpan<byte> bytes) => Calls.Append(path, bytes);

        public override void SetLength(long length) => RandomAccess.SetLength(handle, length);

        public override void Flush() => RandomAccess.FlushToDisk(handle);

        public override void Punch(long offset, long length)
        {
            if (length > 0) Calls.Punch(handle, offset, length);
        }

        public override void Dispose() => handle.Dispose();
    }
}
